// Judges tokens under fixed options. A token that many records share is judged once.

import { equal } from './bytes.js';
import { Malformed } from './der.js';
import { JudgedToken, readInto, type JudgeOptions, type Trust } from './judged_token.js';
import { checkToken } from './token_checks.js';
import { parseToken } from './token.js';
import { failed, undecided, type Finding } from './verdict.js';

const judgedKept = 256;

export class TokenJudge {
  private readonly trust: Trust = { anchors: [], extras: [] };
  private kept: JudgedToken[] = [];

  constructor(readonly options: JudgeOptions) {
    readInto(this.trust.anchors, options.anchors);
    readInto(this.trust.extras, options.extraCertificates);
  }

  // `later` covers the token; null: it is the newest, judged as of options.at.
  judged(octets: Uint8Array, later: JudgedToken | null): JudgedToken {
    const known = this.kept.find((one) => one.later === later && equal(one.octets, octets));
    if (known !== undefined) return known;
    const reference = later?.token ? later.token.info.genTime : this.options.at;
    const judged = new JudgedToken(octets.slice(), later, reference);
    try {
      judged.token = parseToken(judged.octets);
      judged.report = checkToken(judged, judged.token, this.trust, this.options);
    } catch (thrown) {
      if (!(thrown instanceof Malformed)) throw thrown;
      judged.report.findings.push(notReadable(thrown));
    }
    this.kept = [judged, ...this.kept.slice(0, judgedKept - 1)];
    return judged;
  }

  // Whether a token is of after the moment that was chosen: as of then it did not exist.
  notYetMade(octets: Uint8Array): boolean {
    if (!this.options.atChosen) return false;
    const genTime = this.judged(octets, null).token?.info.genTime;
    return genTime !== undefined && genTime > this.options.at;
  }
}

function notReadable(error: Malformed): Finding {
  const more = { detail: error.message, rule: 'RFC 3161 section 2.4.2' };
  return error.code === 'unsupported'
    ? undecided(
        'UNSUPPORTED_ALGORITHM',
        "The time-stamp is of a kind that this program can't read.",
        more,
      )
    : failed('FORMAT_FAILURE', 'The time-stamp is not in the form that its standard asks.', more);
}
