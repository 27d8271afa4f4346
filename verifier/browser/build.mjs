// Builds verify.html, everything in one file; verify_page.inc, the same as a C++ string literal; and
// core.mjs, judging alone, for tests under node.
//   node build.mjs OUTPUT_FOLDER [VERSION [POLICY.xml]]
// The same sources give the same octets.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder = 'dist', version = '0.0.0', policyFile] = process.argv.slice(2);
const out = resolve(folder);
const here = dirname(fileURLToPath(import.meta.url));
const policy = readFileSync(resolve(policyFile ?? join(here, '../policies/default.xml')), 'utf8');
process.chdir(here);

// The texts of all elements of a name, whatever is in them.
const all = (xml, name) =>
  [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?(?:/>|>([^]*?)</${name}>)`, 'g'))].map((m) => m[1] ?? '');

// What policy.ts needs of our own RFC 5698 file; anything else in it must not be passed over.
function policyTable(xml) {
  const plain = xml.replace(/<!--[^]*?-->/g, '');
  if (/<Max>|<Start>/.test(plain)) throw new Error('policy.ts knows neither Max nor Start');
  return all(plain, 'Algorithm').flatMap((algorithm) => {
    const evaluations = all(algorithm, 'Evaluation').map((evaluation) => ({
      min: Object.fromEntries([...evaluation.matchAll(/<Parameter name="(\w+)"><Min>(\d+)<\/Min><\/Parameter>/g)]
        .map(([, name, min]) => [name, Number(min)])),
      end: all(evaluation, 'End')[0] ?? null,
    }));
    return all(algorithm, 'ObjectIdentifier').map((oid) => ({ oid, evaluations }));
  });
}

async function bundled(entry, format) {
  const result = await build({
    entryPoints: [`src/${entry}.ts`], bundle: true, write: false, format, target: 'es2022',
    platform: 'browser', minify: format === 'iife', charset: 'ascii', legalComments: 'inline',
    define: {
      PERDURA_VERSION: JSON.stringify(version),
      PERDURA_POLICY: JSON.stringify(policyTable(policy)),
    }, logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

// A text that may stand inside of a script element.
const embeddable = (script) => script.replace(/<(?=\/script|!--)/gi, '\\x3c');
const hashOf = (text) => createHash('sha256').update(text).digest('base64');

// Raw string literals of a size that every compiler takes.
function literal(text) {
  if (text.includes(')page"')) throw new Error('the page holds the end of a raw string literal');
  const pieces = text.match(/[^]{1,12000}/gu) ?? [];
  return pieces.map((piece) => `R"page(${piece})page"\n`).join('');
}

const script = embeddable(await bundled('page', 'iife'));
const worker = embeddable(await bundled('worker', 'iife'));
const style = readFileSync('src/page.css', 'utf8');
// Functions, since a replacement's '$' would mean something.
const html = readFileSync('src/page.html', 'utf8')
  .replace('SCRIPT_HASH', () => hashOf(script)).replace('STYLE_HASH', () => hashOf(style))
  .replace('STYLE', () => style).replace('WORKER', () => worker).replace('>SCRIPT<', () => `>${script}<`);

mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'verify.html'), html);
writeFileSync(join(out, 'verify_page.inc'), literal(html));
writeFileSync(join(out, 'core.mjs'), await bundled('core', 'esm'));
