// A package taken apart, spoilt and put together again.
import { createHash } from 'node:crypto';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

const sha256 = (octets) => createHash('sha256').update(octets).digest('hex');

export class Package {
  constructor(zip) {
    this.files = new Map(Object.entries(unzipSync(zip)));
  }
  names(pattern) {
    return [...this.files.keys()].filter((name) => pattern.test(name)).sort();
  }
  first(pattern) {
    return this.names(pattern)[0];
  }
  octets(pattern) {
    return this.files.get(this.first(pattern));
  }
  text(pattern) {
    return strFromU8(this.octets(pattern));
  }
  set(pattern, content) {
    this.files.set(typeof pattern === 'string' ? pattern : this.first(pattern),
                   typeof content === 'string' ? strToU8(content) : content);
    return this;
  }
  edit(pattern, change) {
    return this.set(pattern, change(this.text(pattern)));
  }
  flip(pattern, at) {
    const octets = Uint8Array.from(this.octets(pattern));
    octets[at < 0 ? octets.length + at : at] ^= 1;
    return this.set(pattern, octets);
  }
  remove(pattern) {
    for (const name of this.names(pattern)) this.files.delete(name);
    return this;
  }
  swap(one, other) {
    const [a, b] = [this.first(one), this.first(other)];
    const kept = this.files.get(a);
    return this.set(a, this.files.get(b)).set(b, kept);
  }
  // The manifests of what is there now: as whoever spoils a package would make them.
  listed() {
    const lines = (pattern) => this.names(pattern)
      .map((name) => `${sha256(this.files.get(name))}  ${name}\n`).join('');
    this.set('manifest-sha256.txt', lines(/^data\//));
    const payload = this.names(/^data\//).map((name) => this.files.get(name).length);
    this.edit(/^bag-info/, (info) => info.replace(/^Payload-Oxum: .*$/m,
      `Payload-Oxum: ${payload.reduce((a, b) => a + b, 0)}.${payload.length}`));
    return this.set('tagmanifest-sha256.txt', lines(/^(?!data\/|tagmanifest-)/));
  }
  zip(options = {}) {
    return zipSync(Object.fromEntries(this.files), { level: 6, ...options });
  }
}
