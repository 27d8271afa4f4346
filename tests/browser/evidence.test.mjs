// Evidence records of our own and of other makers: both verifiers say the same, and what the vectors say.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classOf, comparable, flipOctets, judgeHere, judgeThere } from './both.mjs';
import { vectorsIn } from './vectors.mjs';

const vectors = join(process.env.PERDURA_SOURCE, 'tests/vectors');
const corpus = join(process.env.PERDURA_SOURCE, '../shared/corpus');
const folder = mkdtempSync(join(tmpdir(), 'perdura-browser-'));
after(() => rmSync(folder, { recursive: true }));

function caseOf({ folder: from, fields }) {
  const path = (name) => join(from, name);
  return {
    files: [path(fields.evidence), ...fields.documents.split(' ').map(path)],
    trust: fields.anchors ? [path(fields.anchors)] : [], at: fields.at,
    revocation: fields.revocation === 'if_present' ? 'if-present' : 'required',
  };
}

async function sameOfBoth(one) {
  const here = judgeHere(one);
  assert.deepEqual(comparable(here), comparable(await judgeThere(one)));
  return here;
}

for (const kind of ['evidence_record', 'other_makers']) {
  for (const vector of vectorsIn(join(vectors, kind))) {
    test(`${kind}/${vector.name}`, async () => {
      const here = await sameOfBoth(caseOf(vector));
      // A member that is left out is no failure where single documents are judged.
      if (vector.name.includes('group_member_left_out') || vector.name.includes('a_document_is_missing')) {
        assert.equal(classOf(here), 'PASSED');
      } else if (vector.name.includes('judged_before_it_was_made')) {
        // As of a moment that was chosen it did not exist; as of now it would be wrong.
        assert.equal(classOf(here), 'INDETERMINATE');
      } else {
        const expected = vector.fields.verdict.toUpperCase();
        assert.equal(here.unread ? 'FAILED' : classOf(here), expected);
      }
    });
  }
}

test('evidence of other makers in the corpus', async (context) => {
  if (!existsSync(join(corpus, 'cases.tsv'))) {
    context.skip('the corpus is not beside the project');
    return;
  }
  const rows = readFileSync(join(corpus, 'cases.tsv'), 'utf8').split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
  for (const [evidence, documents, integrity] of rows) {
    const files = [evidence, ...documents.split(',')].map((name) => join(corpus, name));
    const here = await sameOfBoth({ files, trust: [], at: '2026-11-01' });
    if (integrity === 'ok') assert.equal(classOf(here), 'INDETERMINATE', evidence);
    else assert.notEqual(classOf(here), 'PASSED', evidence);
    // At a time when much is still current, and without asking for revocation.
    await sameOfBoth({ files, trust: [], at: '2017-02-10T14:10:00Z', revocation: 'if-present' });
  }
});

test('evidence with flipped octets', async () => {
  const bases = ['evidence_record/passed_hash_tree_renewal.vec',
                 'other_makers/passed_time_stamp_renewed_twice.vec',
                 'other_makers/passed_openssl_group.vec'];
  for (const base of bases) {
    const [kind, name] = base.split('/');
    const one = caseOf(vectorsIn(join(vectors, kind)).find((vector) => vector.name === name));
    await flipOctets(readFileSync(one.files[0]), (octets) => {
      const path = join(folder, 'mutated.ers');
      writeFileSync(path, octets);
      return { ...one, files: [path, ...one.files.slice(1)] };
    });
  }
});
