// Every sentence that a report may hold, and the same in Japanese. Code uses the English one as it
// stands here; {0}, {1} stand for what it is about.

export const findingsInJapanese = {
  // subjects
  'package': 'パッケージ',
  'record {0}': '記録 {0}',
  'journal, batch {0}': 'ジャーナル、バッチ {0}',
  'evidence record': '証拠記録',
  "evidence record '{0}'": '証拠記録「{0}」',
  'chain {0}': 'チェーン {0}',
  'time-stamp': 'タイムスタンプ',
  'time-stamp {0}': 'タイムスタンプ {0}',
  'certificate {0}': '証明書 {0}',
  'receipt': '受領証',
  'journal proof': 'ジャーナルの証明',
  // documents and their evidence
  '"{0}" is not what was time-stamped: it was altered, or is another document.':
    '「{0}」はタイムスタンプを受けたものではありません。改変されたか、別の文書です。',
  'All {0} documents are, bit for bit, what was time-stamped.':
    '{0} 件の文書はすべて、タイムスタンプを受けたものと 1 ビットも違いません。',
  'The document is, bit for bit, what was time-stamped.':
    '文書は、タイムスタンプを受けたものと 1 ビットも違いません。',
  'The documents are all of their record.': '記録の文書はすべてそろっています。',
  'Documents of the record are missing.': '記録の文書が不足しています。',
  'No document was given, so there is nothing that this evidence could be about.':
    '文書が指定されていないため、この証拠の対象がありません。',
  'The hash value of "{0}" was not given as needed.': '「{0}」の必要なハッシュ値が与えられていません。',
  'The evidence covers more than what was given: other documents of the same record, or neighbours in its hash tree. That nothing of the record is missing is not shown.':
    'この証拠は、渡されたもの以外（同じ記録の他の文書、またはハッシュ木の隣の値）も対象としています。記録に欠けがないことは示されていません。',
  'The evidence is about encrypted data; what was given is taken as that data.':
    'この証拠は暗号化されたデータを対象としています。渡されたものをそのデータとみなしました。',
  'The evidence record carries hints that nothing protects; they were not used.':
    '証拠記録に保護されていない補助情報がありますが、使用していません。',
  'The evidence record does not list a hash function that it uses.':
    '証拠記録は、使用しているハッシュ関数を列挙していません。',
  'A hash value in the evidence does not have the length of its hash function.':
    '証拠の中のハッシュ値の長さが、ハッシュ関数と合いません。',
  'Equal hash values in one list had to be taken once for the evidence to hold.':
    '同じリストの等しいハッシュ値を 1 つとみなすことで、証拠が成立しました。',
  'The hash function of the hash tree is not that of its time-stamp.':
    'ハッシュ木のハッシュ関数が、タイムスタンプのものと異なります。',
  'The hash values of the evidence do not lead to what was time-stamped.':
    '証拠のハッシュ値をたどっても、タイムスタンプを受けた値に到達しません。',
  'The time-stamp covers one document only.': 'タイムスタンプの対象は文書 1 件だけです。',
  // renewals
  'A renewed time-stamp uses another hash function than its chain.':
    '更新タイムスタンプのハッシュ関数が、そのチェーンのものと異なります。',
  'The renewal joins its hash values in sorted order, which only a figure of the standard shows.':
    '更新でハッシュ値が整列順に連結されています。これは規格の図にのみ示された方法です。',
  'The renewed hash tree covers the documents and all evidence before.':
    '更新されたハッシュ木は、文書とそれまでの証拠をすべて対象としています。',
  'The renewed hash tree does not cover the documents together with the evidence before.':
    '更新されたハッシュ木は、文書とそれまでの証拠を対象としていません。',
  'The renewed time-stamp covers the one before it.':
    '更新タイムスタンプは、直前のタイムスタンプを対象としています。',
  'The renewed time-stamp does not cover the one before it.':
    '更新タイムスタンプは、直前のタイムスタンプを対象としていません。',
  'The times of the time-stamps are out of order.': 'タイムスタンプの時刻の順序が正しくありません。',
  'Two time-stamps are out of order by less than their clocks are exact.':
    '2 つのタイムスタンプの順序が、時計の精度の範囲内で前後しています。',
  // time-stamps
  'The time-stamp says that what it covers existed at {0}; it is signed by {1}.':
    'タイムスタンプは、対象が {0} に存在したと述べています。署名者は {1} です。',
  "The time-stamp is of a kind that this program can't read.":
    'このプログラムでは読めない種類のタイムスタンプです。',
  'The time-stamp is not in the form that its standard asks.': 'タイムスタンプが規格の形式ではありません。',
  'The time-stamp is not written quite as its standard asks.':
    'タイムスタンプの書き方が、規格の求めるものとわずかに異なります。',
  'The time-stamp is of a version that this program does not know.':
    'このプログラムの知らない版のタイムスタンプです。',
  'The time-stamp uses a hash function that this program does not know.':
    'タイムスタンプは、このプログラムの知らないハッシュ関数を使用しています。',
  'The hash value in the time-stamp does not have the length of its hash function.':
    'タイムスタンプの中のハッシュ値の長さが、ハッシュ関数と合いません。',
  'The time-stamp has a condition attached that this program does not know.':
    'タイムスタンプに、このプログラムの知らない条件が付いています。',
  'The time-stamp is dated after the moment of judging.': 'タイムスタンプの時刻が、判定時点より後です。',
  'What was signed is not marked as a time-stamp.': '署名されたものに、タイムスタンプの標識がありません。',
  'The contents of the time-stamp were altered after it was signed.':
    'タイムスタンプの内容が、署名後に改変されています。',
  'The time-stamp does not say with which certificate it was signed.':
    'タイムスタンプに、どの証明書で署名されたかの記載がありません。',
  "The time-stamp names its certificate in a way that this program can't read.":
    'タイムスタンプは、このプログラムでは読めない方法で証明書を示しています。',
  'The time-stamp names the certificate with which it was signed.':
    'タイムスタンプは、署名に使われた証明書を示しています。',
  'The time-stamp was signed with another certificate than the one that it names.':
    'タイムスタンプは、示されているものとは別の証明書で署名されています。',
  'The signature of the time-stamp is right.': 'タイムスタンプの署名は正しいものです。',
  'The signature of the time-stamp is wrong: it was altered, or is a forgery.':
    'タイムスタンプの署名が正しくありません。改変または偽造されたものです。',
  'The time-stamp is signed in a way that this program cannot check.':
    'タイムスタンプの署名方式は、このプログラムでは検査できません。',
  'The time-stamp is dated outside the validity of the certificate that signed it.':
    'タイムスタンプの時刻が、署名した証明書の有効期間の外にあります。',
  "The authority's name in the time-stamp is not quite that in its certificate.":
    'タイムスタンプの中の時刻認証局の名称が、証明書のものと完全には一致しません。',
  'The algorithms of the time-stamp were fit for as long as they were relied on.':
    'タイムスタンプのアルゴリズムは、依拠した期間を通じて安全とされていました。',
  'An algorithm grew too weak before a later time-stamp covered what it protects.':
    '後のタイムスタンプが保護する前に、アルゴリズムが弱くなりました。',
  'An algorithm was already too weak when it was used.':
    '使用した時点で、アルゴリズムはすでに弱くなっていました。',
  // certificates
  'You have not said whose time-stamps you trust, so this one proves nothing yet.':
    'どの時刻認証局を信頼するかが指定されていないため、このタイムスタンプはまだ何も証明しません。',
  'The certificate of whoever signed the time-stamp is not at hand.':
    'タイムスタンプに署名した者の証明書がありません。',
  'The certificate that signed the time-stamp does not lead to one that you trust.':
    'タイムスタンプに署名した証明書から、信頼する証明書にたどり着けません。',
  'The certificate that signed the time-stamp leads to one that you trust.':
    'タイムスタンプに署名した証明書は、信頼する証明書につながっています。',
  'The certificate that signed the time-stamp is not one for stamping time.':
    'タイムスタンプに署名した証明書は、時刻認証用のものではありません。',
  'The certificate that signed the time-stamp is one for stamping time only.':
    'タイムスタンプに署名した証明書は、時刻認証専用のものです。',
  'The certificate that you trust was not valid at the time of the stamp.':
    '信頼する証明書は、タイムスタンプの時点で有効ではありませんでした。',
  'The certificates do not form a proper path to one that you trust.':
    '証明書から、信頼する証明書への正しい経路を構成できません。',
  'A certificate in the path may not issue certificates.':
    '経路の中に、証明書の発行を許されていない証明書があります。',
  'A certificate in the path was not valid at the time of the stamp.':
    '経路の中に、タイムスタンプの時点で有効でない証明書があります。',
  'A certificate is signed in a way that this program cannot check.':
    '証明書の署名方式は、このプログラムでは検査できません。',
  // revocation
  'A certificate of the time-stamp was not revoked.': 'タイムスタンプの証明書は失効していませんでした。',
  'A certificate of the time-stamp was revoked, so the stamp proves nothing.':
    'タイムスタンプの証明書が失効しているため、このタイムスタンプは何も証明しません。',
  'A certificate of the time-stamp is suspended; ask again later.':
    'タイムスタンプの証明書が一時停止中です。後で確認し直してください。',
  'A certificate was revoked after the stamp, for a reason that leaves it good.':
    '証明書はタイムスタンプの後に失効しましたが、理由からみてタイムスタンプは有効です。',
  'A certificate was revoked, but only after a later time-stamp had covered this.':
    '証明書は失効しましたが、後のタイムスタンプが保護した後のことです。',
  'A certificate of the time-stamp has expired, and no later time-stamp had covered it before.':
    'タイムスタンプの証明書が期限切れで、それまでに後のタイムスタンプによる保護もありませんでした。',
  'What is known about the revocation of a certificate is out of date or too early.':
    '証明書の失効情報が古すぎるか、早すぎます。',
  'Nothing is known about the revocation of a certificate of the time-stamp.':
    'タイムスタンプの証明書の失効情報がありません。',
  // journal
  "The entry stands in the archive's journal.": '項目はアーカイブのジャーナルに載っています。',
  "The proof does not show that the entry stands in the archive's journal.":
    '証明は、項目がアーカイブのジャーナルに載っていることを示していません。',
  "The journal's checkpoint can't be read.": 'ジャーナルのチェックポイントを読めません。',
  "The journal's key was not given, so nobody vouches for the checkpoint.":
    'ジャーナルの鍵が与えられていないため、チェックポイントを保証する者がいません。',
  "The journal's key is not known.": 'ジャーナルの鍵が不明です。',
  "The journal's key in package.json can't be read.": 'package.json の中のジャーナルの鍵を読めません。',
  'The journal was judged with the key that the package itself holds: this shows that its parts agree, not whose journal it is.':
    'ジャーナルは、パッケージ自身が持つ鍵で判定しました。各部が整合することは示しますが、誰のジャーナルであるかは示しません。',
  "The journal's newest checkpoint can't be read.": 'ジャーナルの最新のチェックポイントを読めません。',
  "The journal's newest checkpoint is not in the package.":
    'ジャーナルの最新のチェックポイントがパッケージにありません。',
  "The journal's newest checkpoint is not signed by the journal's key.":
    'ジャーナルの最新のチェックポイントが、ジャーナルの鍵で署名されていません。',
  "The journal's newest checkpoint is signed by its key.":
    'ジャーナルの最新のチェックポイントは、その鍵で署名されています。',
  "The checkpoint can't be read.": 'チェックポイントを読めません。',
  "The checkpoint is not signed by the journal's key.":
    'チェックポイントが、ジャーナルの鍵で署名されていません。',
  "The checkpoint is signed by the journal's key.":
    'チェックポイントは、ジャーナルの鍵で署名されています。',
  'The checkpoint is the one that was sealed.': 'チェックポイントは、封印されたものです。',
  'The proof is about another checkpoint than the one that was sealed.':
    '証明は、封印されたものとは別のチェックポイントに関するものです。',
  'The seal of the journal that the proof names did not hold.':
    '証明が示すジャーナルの封印は成立しませんでした。',
  'The seal of the journal that the proof names is not in the package.':
    '証明が示すジャーナルの封印がパッケージにありません。',
  'The folder of a batch is not named by its number.': 'バッチのフォルダー名が番号ではありません。',
  'The batch has no checkpoint.': 'バッチにチェックポイントがありません。',
  'There is no evidence for the checkpoint.': 'チェックポイントの証拠がありません。',
  'The journal has only grown since this checkpoint: nothing in it was changed.':
    'このチェックポイント以降、ジャーナルには追加のみがあり、変更はありません。',
  'The proof does not show that the journal has only grown since this checkpoint.':
    '証明は、このチェックポイント以降ジャーナルに追加しかないことを示していません。',
  "The proof of consistency can't be read.": '整合性の証明を読めません。',
  'The proof that the journal has only grown since is not in the package.':
    'それ以降ジャーナルに追加しかないことの証明がパッケージにありません。',
  // receipts
  "The receipt is for the deposit of this record by '{0}' at {1}.":
    '受領証は、「{0}」による {1} のこの記録の預け入れに対するものです。',
  'The receipt is for another record.': '受領証は別の記録に対するものです。',
  "The receipt can't be read.": '受領証を読めません。',
  "The depositor's receipt is not in the package.": '預け入れ者の受領証がパッケージにありません。',
  "The journal entry in the receipt can't be read.": '受領証の中のジャーナル項目を読めません。',
  'The journal entry in the receipt is not the deposit of this record.':
    '受領証の中のジャーナル項目は、この記録の預け入れではありません。',
  'Receipt and journal name different places for the deposit.':
    '受領証とジャーナルが、預け入れについて異なる位置を示しています。',
  "The proof of the journal can't be read.": 'ジャーナルの証明を読めません。',
  'The proof that the deposit stands in the sealed journal is not in the package.':
    '預け入れが封印されたジャーナルに載っていることの証明がパッケージにありません。',
  'Without a receipt for this record, nothing tells which entry of the journal the proof is about.':
    'この記録の受領証がないため、証明がジャーナルのどの項目に関するものか分かりません。',
  // records
  'The statement and all {0} documents are complete and have the digests that the statement holds.':
    '申告書と {0} 件の文書はすべてそろっており、申告書に記されたダイジェストと一致します。',
  'The statement and the document are complete and have the digests that the statement holds.':
    '申告書と文書はそろっており、申告書に記されたダイジェストと一致します。',
  "The record's statement can't be read.": '記録の申告書を読めません。',
  "The record's statement is missing.": '記録の申告書がありません。',
  "The record's statement is of a version that this program can't read.":
    '記録の申告書は、このプログラムでは読めない版です。',
  "The record's statement was altered, or is another record's: the record's identifier is not its SHA-256.":
    '記録の申告書は改変されたか、別の記録のものです。記録の識別子がその SHA-256 ではありません。',
  "The statement says that the record was deposited after it was time-stamped: the archive's clock was ahead, or the time in the statement is not true.":
    '申告書では、タイムスタンプより後に預け入れられたことになっています。アーカイブの時計が進んでいたか、申告書の時刻が真実ではありません。',
  "Document {0} ('{1}') is damaged and can't be read.": '文書 {0}（「{1}」）は破損していて読めません。',
  "Document {0} ('{1}') is missing, though the package lists it.":
    '文書 {0}（「{1}」）は、パッケージの一覧にありますが、見つかりません。',
  "Document {0} ('{1}') is missing.": '文書 {0}（「{1}」）がありません。',
  "Document {0} ('{1}') is what the statement describes, but the package lists it with another digest.":
    '文書 {0}（「{1}」）は申告書のとおりですが、パッケージの一覧のダイジェストが異なります。',
  "Document {0} ('{1}') was altered: it is not what the statement describes.":
    '文書 {0}（「{1}」）は改変されています。申告書のとおりではありません。',
  '{0} does not belong to the record: the statement does not name it.':
    '{0} は記録に属しません。申告書に記されていません。',
  'The record has more files than a record may have.': '記録のファイルが多すぎます。',
  'The record has more than 32 evidence records.': '記録に 32 件を超える証拠記録があります。',
  'There is no evidence for this record: it was not sealed yet when it was exported.':
    'この記録の証拠はありません。書き出した時点では、まだ封印されていませんでした。',
  "The evidence record '{0}' can't be read.": '証拠記録「{0}」を読めません。',
  "The evidence record '{0}' is of a kind that this program can't read.":
    '証拠記録「{0}」は、このプログラムでは読めない種類です。',
  'This evidence could not be judged; the verdict rests on the other evidence.':
    'この証拠は判定できませんでした。判定は他の証拠に基づきます。',
  // packages
  'bagit.txt does not say that this is a bag of version 1.0.':
    'bagit.txt に、版 1.0 のバッグであるとの記載がありません。',
  "package.json can't be read.": 'package.json を読めません。',
  "package.json is missing or can't be read.": 'package.json がないか、読めません。',
  'A line of the manifest is not of its form.': 'マニフェストの行が正しい形式ではありません。',
  'A line of the tag manifest is not of its form.': 'タグマニフェストの行が正しい形式ではありません。',
  'The manifest and the other files about the package are unaltered.':
    'マニフェストなど、パッケージに関するファイルは改変されていません。',
  'The manifest lists a file more than once.': 'マニフェストに同じファイルが複数回記されています。',
  "The manifest, which lists the files of the package, is missing or can't be read.":
    'パッケージのファイルを列挙するマニフェストがないか、読めません。',
  'The package does not hold as much as bag-info.txt says.':
    'パッケージの内容の量が、bag-info.txt の記載と一致しません。',
  'The package holds the files that its manifest lists, and no others.':
    'パッケージには、マニフェストに記されたファイルだけがあります。',
  "The package is of a version that this program can't read.":
    'このプログラムでは読めない版のパッケージです。',
  'The package says that it holds {0} records; it holds {1}.':
    'パッケージには {0} 件の記録があると記されていますが、実際は {1} 件です。',
  "{0} can't be read.": '{0} を読めません。',
  "{0} is damaged and can't be read.": '{0} は破損していて読めません。',
  '{0} is in the package, but the package does not list it: it was added later.':
    '{0} はパッケージの中にありますが、一覧にありません。後から追加されたものです。',
  '{0} is longer than any such file may be.': '{0} は許される長さを超えています。',
  '{0} is missing, though the package lists it.': '{0} は、パッケージの一覧にありますが、見つかりません。',
  '{0} is missing.': '{0} がありません。',
  '{0} was altered.': '{0} は改変されています。',
  '{0} was altered: it is not the file that the package lists.':
    '{0} は改変されています。パッケージの一覧にあるファイルではありません。',
} as const;
