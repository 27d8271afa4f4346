// "name: value" lines of the .vec files beside evidence records, and what judging them yields.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function vectorsIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.vec')).sort().map((name) => {
    const fields = {};
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const colon = line.indexOf(': ');
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
    }
    return { name, folder, fields };
  });
}
