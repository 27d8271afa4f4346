// General names (RFC 5280 section 4.2.1.6), and the extensions that are made of them.

import { Malformed, Reader, tag } from './der.js';

export const nameKinds = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const;

// A GeneralName: its tag number, and the whole Name or the content octets.
export interface GeneralName {
  kind: number;
  value: Uint8Array;
}

function readGeneralName(input: Reader): GeneralName {
  for (const kind of [0, 3, 4, 5]) {
    if (!input.nextIs(tag.context(kind))) continue;
    const holder = input.constructed(tag.context(kind));
    return {
      kind,
      value: kind === nameKinds.directory ? holder.element(tag.sequence) : holder.contents,
    };
  }
  for (const kind of [1, 2, 6, 7, 8]) {
    if (input.nextIs(tag.contextPrimitive(kind))) {
      return { kind, value: input.primitive(tag.contextPrimitive(kind)) };
    }
  }
  return input.fail('not a general name');
}

export function readGeneralNames(input: Reader): GeneralName[] {
  const names: GeneralName[] = [];
  while (input.more()) names.push(readGeneralName(input));
  return names;
}

// GeneralSubtrees: minimum must be 0 and maximum absent
function readSubtrees(holder: Reader): GeneralName[] {
  const bases: GeneralName[] = [];
  while (holder.more()) {
    const subtree = holder.constructed(tag.sequence);
    bases.push(readGeneralName(subtree));
    if (subtree.more()) throw new Malformed('a subtree with a minimum or maximum');
  }
  return bases;
}

export interface NameConstraints {
  permitted: GeneralName[];
  excluded: GeneralName[];
}

// NameConstraints (RFC 5280 section 4.2.1.10)
export function readNameConstraints(input: Reader): NameConstraints {
  const constraints = input.constructed(tag.sequence);
  const subtrees = (n: number): GeneralName[] =>
    constraints.nextIs(tag.context(n)) ? readSubtrees(constraints.constructed(tag.context(n))) : [];
  const permitted = subtrees(0);
  const excluded = subtrees(1);
  constraints.end();
  return { permitted, excluded };
}

// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] }, in a
// [0]: each full name in one piece that can be compared; null for the other choice.
export function readPointName(input: Reader): Uint8Array[] | null {
  const choice = input.constructed(tag.context(0));
  if (!choice.nextIs(tag.context(0))) return null;
  return readGeneralNames(choice.constructed(tag.context(0))).map(({ kind, value }) =>
    Uint8Array.of(kind, ...value),
  );
}

// CRLDistributionPoints (RFC 5280 section 4.2.1.13): all full names
export function readDistributionPoints(input: Reader): Uint8Array[] {
  const list = input.constructed(tag.sequence);
  const names: Uint8Array[] = [];
  while (list.more()) {
    const point = list.constructed(tag.sequence);
    if (point.nextIs(tag.context(0))) names.push(...(readPointName(point) ?? []));
  }
  return names;
}
