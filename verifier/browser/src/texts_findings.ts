// Every sentence that a report may hold, and the same in Japanese. Code uses the English one as it
// stands here; {0}, {1} stand for what it is about.

export const findingsInJapanese = {
  // subjects
  package: 'パッケージ',
  'record {0}': '記録 {0}',
  'journal, batch {0}': '台帳、バッチ {0}',
  'evidence record': '証拠記録',
  "evidence record '{0}'": '証拠記録「{0}」',
  'chain {0}': 'チェーン {0}',
  'time-stamp': 'タイムスタンプ',
  'time-stamp {0}': 'タイムスタンプ {0}',
  'certificate {0}': '証明書 {0}',
  receipt: '受領証',
  'journal proof': '台帳の証明',
  // names in sentences
  'the statement': '記録票',
  "The record's statement": '記録票',
  'The receipt': '受領証',
  'The proof of the journal': '台帳の証明',
  'the checkpoint': 'チェックポイント',
  'an unknown signer': '不明な署名者',
  // documents and their evidence
  '"{0}" is not what was time-stamped: it was altered, or is another document.':
    '「{0}」は、タイムスタンプが付与されたものではありません。改変されたか、別の文書です。',
  'All {0} documents are, bit for bit, what was time-stamped.':
    '{0} 件の文書はすべて、タイムスタンプが付与されたものと 1 ビットの違いもなく一致します。',
  'The document is, bit for bit, what was time-stamped.':
    '文書は、タイムスタンプが付与されたものと 1 ビットの違いもなく一致します。',
  'The documents are all of their record.': '記録に属する文書はすべて揃っています。',
  'Documents of the record are missing.': '記録に属する文書が欠けています。',
  'No document was given, so there is nothing that this evidence could be about.':
    '文書が指定されていないため、この証拠の対象となるものがありません。',
  'The hash value of "{0}" was not given as needed.':
    '「{0}」のハッシュ値が、必要な形で指定されていません。',
  'The evidence covers more than what was given: other documents of the same record, or neighbours in its hash tree. That nothing of the record is missing is not shown.':
    'この証拠は、指定されたもの以外も対象としています。同じ記録の他の文書、またはハッシュ木で隣接するものです。記録に欠けたものがないことは示されていません。',
  'The evidence is about encrypted data; what was given is taken as that data.':
    'この証拠は暗号化されたデータに関するものです。指定されたものを、そのデータとして扱いました。',
  'The evidence record carries hints that nothing protects; they were not used.':
    '証拠記録に、何によっても保護されていない補助情報が含まれています。この情報は使用していません。',
  'The evidence record does not list a hash function that it uses.':
    '証拠記録に、使用しているハッシュ関数が列挙されていません。',
  'A hash value in the evidence does not have the length of its hash function.':
    '証拠に含まれるハッシュ値の長さが、そのハッシュ関数のものと異なります。',
  'Equal hash values in one list had to be taken once for the evidence to hold.':
    '証拠が成り立つためには、一つのリスト内の等しいハッシュ値を一つとして扱う必要がありました。',
  'The only hash value of a first list had to be hashed once more for the evidence to hold.':
    '証拠が成り立つためには、最初のリストにある唯一のハッシュ値をもう一度ハッシュする必要がありました。',
  'The hash function of the hash tree is not that of its time-stamp.':
    'ハッシュ木のハッシュ関数が、そのタイムスタンプのものと異なります。',
  'The hash values of the evidence do not lead to what was time-stamped.':
    '証拠のハッシュ値をたどっても、タイムスタンプの対象に到達しません。',
  'The time-stamp covers one document only.': 'このタイムスタンプの対象は一つの文書だけです。',
  // renewals
  'A renewed time-stamp uses another hash function than its chain.':
    '更新されたタイムスタンプが、そのチェーンと異なるハッシュ関数を使用しています。',
  'The renewal joins its hash values in sorted order, which only a figure of the standard shows.':
    '更新において、ハッシュ値が整列した順序で連結されています。これは標準の図にのみ示されている方法です。',
  'The renewed hash tree covers the documents and all evidence before.':
    '更新されたハッシュ木は、文書とそれまでのすべての証拠を対象としています。',
  'The renewed hash tree does not cover the documents together with the evidence before.':
    '更新されたハッシュ木は、文書とそれまでの証拠とを合わせて対象としていません。',
  'The renewed time-stamp covers the one before it.':
    '更新されたタイムスタンプは、一つ前のタイムスタンプを対象としています。',
  'The renewed time-stamp does not cover the one before it.':
    '更新されたタイムスタンプは、一つ前のタイムスタンプを対象としていません。',
  'The times of the time-stamps are out of order.':
    'タイムスタンプの時刻の順序が正しくありません。',
  'Two time-stamps are out of order by less than their clocks are exact.':
    '二つのタイムスタンプの順序が逆ですが、その差は時計の精度の範囲内です。',
  'A time-stamp was not yet made at that moment and is left out of account.':
    'その時点でまだ作成されていなかったタイムスタンプがあり、考慮に入れていません。',
  '{0} time-stamps were not yet made at that moment and are left out of account.':
    'その時点でまだ作成されていなかった {0} 個のタイムスタンプは、考慮に入れていません。',
  'The first time-stamp was not yet made at that moment, so nothing proves that the documents existed then.':
    'その時点では最初のタイムスタンプもまだ作成されておらず、文書がその時に存在したことは何によっても証明されません。',
  // time-stamps
  'The time-stamp says that what it covers existed at {0}; it is signed by {1}.':
    'このタイムスタンプは、その対象が {0} に存在したことを示しています。署名者は {1} です。',
  "The time-stamp is of a kind that this program can't read.":
    'タイムスタンプが、このプログラムでは読み取れない種類のものです。',
  'The time-stamp is not in the form that its standard asks.':
    'タイムスタンプが、標準の定める形式ではありません。',
  'The time-stamp is not written quite as its standard asks.':
    'タイムスタンプの書式が、標準の定めと完全には一致しません。',
  'The time-stamp is of a version that this program does not know.':
    'タイムスタンプが、このプログラムの知らない版の形式です。',
  'The time-stamp uses a hash function that this program does not know.':
    'タイムスタンプが、このプログラムの知らないハッシュ関数を使用しています。',
  'The hash value in the time-stamp does not have the length of its hash function.':
    'タイムスタンプに含まれるハッシュ値の長さが、そのハッシュ関数のものと異なります。',
  'The time-stamp has a condition attached that this program does not know.':
    'タイムスタンプに、このプログラムの知らない条件が付されています。',
  'The time-stamp is dated after the moment of judging.':
    'タイムスタンプの時刻が、判定の基準時点より後です。',
  'What was signed is not marked as a time-stamp.':
    '署名の対象に、タイムスタンプであることの表示がありません。',
  'The contents of the time-stamp were altered after it was signed.':
    'タイムスタンプの内容が、署名の後に改変されています。',
  'The time-stamp does not say with which certificate it was signed.':
    'タイムスタンプに、署名に用いた証明書の表示がありません。',
  "The time-stamp names its certificate in a way that this program can't read.":
    'タイムスタンプが、このプログラムでは読み取れない方法で証明書を示しています。',
  'The time-stamp names the certificate with which it was signed.':
    'タイムスタンプは、署名に用いた証明書を示しています。',
  'The time-stamp was signed with another certificate than the one that it names.':
    'タイムスタンプは、それが示す証明書とは別の証明書で署名されています。',
  'The signature of the time-stamp is right.': 'タイムスタンプの署名は正当です。',
  'The signature of the time-stamp is wrong: it was altered, or is a forgery.':
    'タイムスタンプの署名が正しくありません。改変されたか、偽造されたものです。',
  'The time-stamp is signed in a way that this program cannot check.':
    'タイムスタンプの署名方式は、このプログラムでは検証できません。',
  'The time-stamp is dated outside the validity of the certificate that signed it.':
    'タイムスタンプの時刻が、署名に用いた証明書の有効期間の外にあります。',
  "The authority's name in the time-stamp is not quite that in its certificate.":
    'タイムスタンプに記載されたタイムスタンプ局の名称が、その証明書の名称と完全には一致しません。',
  'The algorithms of the time-stamp were fit for as long as they were relied on.':
    'タイムスタンプの暗号アルゴリズムは、証拠として依拠された期間を通じて安全とされていました。',
  'An algorithm grew too weak before a later time-stamp covered what it protects.':
    '後のタイムスタンプによって保護される前に、安全でないとされた暗号アルゴリズムがあります。',
  'An algorithm was already too weak when it was used.':
    '使用された時点で、すでに安全でないとされていた暗号アルゴリズムがあります。',
  // certificates
  'You have not said whose time-stamps you trust, so this one proves nothing yet.':
    'どのタイムスタンプ局を信頼するかが指定されていないため、このタイムスタンプはまだ何も証明しません。',
  'The certificate of whoever signed the time-stamp is not at hand.':
    'タイムスタンプに署名した者の証明書がありません。',
  'The certificate that signed the time-stamp does not lead to one that you trust.':
    'タイムスタンプに署名した証明書は、あなたが信頼する証明書につながりません。',
  'The certificate that signed the time-stamp leads to one that you trust.':
    'タイムスタンプに署名した証明書は、あなたが信頼する証明書につながります。',
  'The certificate that signed the time-stamp is itself one that you trust; whether it expired or was revoked since was not asked.':
    'タイムスタンプに署名した証明書そのものが、あなたが信頼する証明書です。その後に有効期限が切れたか、失効したかは確認していません。',
  'The certificate that signed the time-stamp is not one for stamping time.':
    'タイムスタンプに署名した証明書は、タイムスタンプ用のものではありません。',
  'The certificate that signed the time-stamp is one for stamping time only.':
    'タイムスタンプに署名した証明書は、タイムスタンプ専用のものです。',
  'The certificate that you trust was not valid at the time of the stamp.':
    'あなたが信頼する証明書は、タイムスタンプの時点で有効期間内にありませんでした。',
  'The certificates do not form a proper path to one that you trust.':
    '証明書が、あなたが信頼する証明書への正しい認証パスを構成していません。',
  'A certificate in the path may not issue certificates.':
    '認証パスに、証明書を発行する権限のない証明書があります。',
  'A certificate in the path was not valid at the time of the stamp.':
    '認証パスに、タイムスタンプの時点で有効期間内にない証明書がありました。',
  'A certificate is signed in a way that this program cannot check.':
    'このプログラムでは検証できない署名方式の証明書があります。',
  'A certificate holds a key of a kind that this program does not know.':
    'このプログラムが知らない種類の鍵を持つ証明書があります。',
  // revocation
  'A certificate of the time-stamp was revoked before the stamp, so the stamp proves nothing.':
    'タイムスタンプの証明書は付与前に失効していたため、このタイムスタンプは何も証明しません。',
  'A certificate of the time-stamp was revoked after the stamp, and no later time-stamp had covered it before, so the stamp proves nothing.':
    'タイムスタンプの証明書はタイムスタンプの付与後に失効し、それ以前に後のタイムスタンプで保護されていなかったため、このタイムスタンプは何も証明しません。',
  'What says that a certificate was not revoked is signed under a certificate that expired before a later time-stamp covered it.':
    '証明書が失効していないことを示す情報は、後のタイムスタンプで保護される前に有効期間が満了した証明書で署名されています。',
  'The policy on algorithms does not say whether an algorithm that was used is fit.':
    '使用された暗号アルゴリズムが安全かどうか、アルゴリズムの方針に記載がありません。',
  'A certificate of the time-stamp was not revoked.':
    'タイムスタンプの証明書は失効していませんでした。',
  'A certificate of the time-stamp is suspended; ask again later.':
    'タイムスタンプの証明書の効力が一時停止されています。後日、改めて確認してください。',
  'A certificate was revoked after the stamp, for a reason that leaves it good.':
    '証明書はタイムスタンプの付与後に失効しましたが、失効の理由はタイムスタンプの有効性に影響しません。',
  'A certificate was revoked, but only after a later time-stamp had covered this.':
    '証明書は失効しましたが、それは後のタイムスタンプによって保護された後のことです。',
  'A certificate of the time-stamp has expired, and no later time-stamp had covered it before.':
    'タイムスタンプの証明書の有効期間が満了しており、それ以前に後のタイムスタンプで保護されていませんでした。',
  'What is known about the revocation of a certificate is out of date or too early.':
    '証明書の失効に関する情報が、古すぎるか早すぎます。',
  'Nothing is known about the revocation of a certificate of the time-stamp.':
    'タイムスタンプの証明書の失効に関する情報がありません。',
  // journal
  "The entry stands in the archive's journal.": 'この記載は、アーカイブの台帳に存在します。',
  "The proof does not show that the entry stands in the archive's journal.":
    'この証明は、記載がアーカイブの台帳に存在することを示していません。',
  "The journal's checkpoint can't be read.": '台帳のチェックポイントを読み取れません。',
  "The journal's key was not given, so nobody vouches for the checkpoint.":
    '台帳の鍵が指定されていないため、チェックポイントの真正性を保証する者がいません。',
  'The journal has two histories: its key signed two checkpoints of one length that differ.':
    '台帳に二つの履歴があります。台帳の鍵が、同じ長さで内容の異なる二つのチェックポイントに署名しています。',
  'The receipt is of another history of the journal than the one that was sealed.':
    '受領証は、封印された台帳とは別の履歴のものです。',
  "The journal's key is not known.": '台帳の鍵が分かりません。',
  "The journal's key in package.json can't be read.":
    'package.json に記載された台帳の鍵を読み取れません。',
  'The journal was judged with the key that the package itself holds: this shows that its parts agree, not whose journal it is.':
    '台帳は、パッケージ自身に含まれる鍵で検証しました。これは各部分が互いに整合することを示すもので、誰の台帳であるかを示すものではありません。',
  "The journal's newest checkpoint can't be read.":
    '台帳の最新のチェックポイントを読み取れません。',
  "The journal's newest checkpoint is not in the package.":
    '台帳の最新のチェックポイントがパッケージにありません。',
  "The journal's newest checkpoint is not signed by the journal's key.":
    '台帳の最新のチェックポイントに、台帳の鍵による署名がありません。',
  "The journal's newest checkpoint is signed by its key.":
    '台帳の最新のチェックポイントは、台帳の鍵で署名されています。',
  "The checkpoint can't be read.": 'チェックポイントを読み取れません。',
  "The checkpoint is not signed by the journal's key.":
    'チェックポイントに、台帳の鍵による署名がありません。',
  "The checkpoint is signed by the journal's key.":
    'チェックポイントは、台帳の鍵で署名されています。',
  'The checkpoint is the one that was sealed.': 'チェックポイントは、封印されたものと同一です。',
  'The proof is about another checkpoint than the one that was sealed.':
    '証明は、封印されたものとは別のチェックポイントに関するものです。',
  'The seal of the journal that the proof names did not hold.':
    '証明が指す台帳の封印は、検証に成功しませんでした。',
  'The seal of the journal that the proof names is not in the package.':
    '証明が指す台帳の封印が、パッケージにありません。',
  'The folder of a batch is not named by its number.':
    'バッチのフォルダー名が、その番号と一致しません。',
  'The batch has no checkpoint.': 'バッチにチェックポイントがありません。',
  'There is no evidence for the checkpoint.': 'チェックポイントに対する証拠がありません。',
  'The journal has only grown since this checkpoint: nothing in it was changed.':
    '台帳は、このチェックポイント以降、追記のみが行われています。既存の記載は一切変更されていません。',
  'The proof does not show that the journal has only grown since this checkpoint.':
    'この証明は、台帳がこのチェックポイント以降追記のみであったことを示していません。',
  "The proof of consistency can't be read.": '一貫性の証明を読み取れません。',
  'The proof that the journal has only grown since is not in the package.':
    '台帳が以後追記のみであったことの証明が、パッケージにありません。',
  // receipts
  "The receipt is for the deposit of this record by '{0}' at {1}.":
    '受領証は、{1} に「{0}」がこの記録を寄託したことを示すものです。',
  'The receipt is for another record.': '受領証は別の記録のものです。',
  "The receipt can't be read.": '受領証を読み取れません。',
  "The depositor's receipt is not in the package.": '寄託者の受領証がパッケージにありません。',
  "The journal entry in the receipt can't be read.": '受領証に含まれる台帳の記載を読み取れません。',
  'The journal entry in the receipt is not the deposit of this record.':
    '受領証に含まれる台帳の記載は、この記録の寄託ではありません。',
  'Receipt and journal name different places for the deposit.':
    '受領証と台帳とで、寄託の記載位置が異なります。',
  "The proof of the journal can't be read.": '台帳の証明を読み取れません。',
  'The proof that the deposit stands in the sealed journal is not in the package.':
    '寄託が封印済みの台帳に記載されていることの証明が、パッケージにありません。',
  'Without a receipt for this record, nothing tells which entry of the journal the proof is about.':
    'この記録の受領証がないため、証明が台帳のどの記載に関するものか分かりません。',
  // records
  'The statement and all {0} documents are complete and have the digests that the statement holds.':
    '記録票と {0} 件の文書はすべて揃っており、記録票に記載されたハッシュ値と一致します。',
  'The statement and the document are complete and have the digests that the statement holds.':
    '記録票と文書は揃っており、記録票に記載されたハッシュ値と一致します。',
  "The record's statement can't be read.": '記録票を読み取れません。',
  "The record's statement is missing.": '記録票がありません。',
  "The record's statement is of a version that this program can't read.":
    '記録票が、このプログラムでは読み取れない版の形式です。',
  "The record's statement was altered, or is another record's: the record's identifier is not its SHA-256.":
    '記録票が改変されたか、別の記録のものです。記録の識別子が記録票の SHA-256 値と一致しません。',
  "The statement says that the record was deposited after it was time-stamped: the archive's clock was ahead, or the time in the statement is not true.":
    '記録票によると、記録はタイムスタンプの付与より後に寄託されたことになっています。アーカイブの時計が進んでいたか、記録票の時刻が正しくありません。',
  "Document {0} ('{1}') is damaged and can't be read.":
    '文書 {0}（「{1}」）は破損していて、読み取れません。',
  "Document {0} ('{1}') is missing, though the package lists it.":
    '文書 {0}（「{1}」）は、パッケージの一覧に記載されていますが、見つかりません。',
  "Document {0} ('{1}') is missing.": '文書 {0}（「{1}」）がありません。',
  "Document {0} ('{1}') is what the statement describes, but the package lists it with another digest.":
    '文書 {0}（「{1}」）は記録票の記載と一致しますが、パッケージの一覧に記載されたダイジェストが異なります。',
  "Document {0} ('{1}') was altered: it is not what the statement describes.":
    '文書 {0}（「{1}」）は改変されています。記録票に記載されたものと一致しません。',
  '{0} does not belong to the record: the statement does not name it.':
    '{0} はこの記録に属しません。記録票に記載がありません。',
  'The record has more files than a record may have.':
    '記録のファイル数が、許される数を超えています。',
  'The record has more than 32 evidence records.': '記録に 32 件を超える証拠記録があります。',
  'There is no evidence for this record: it was not sealed yet when it was exported.':
    'この記録には証拠がありません。出力の時点で、まだ封印されていませんでした。',
  "The evidence record '{0}' can't be read.": '証拠記録「{0}」を読み取れません。',
  "The evidence record '{0}' is of a kind that this program can't read.":
    '証拠記録「{0}」は、このプログラムでは読み取れない種類のものです。',
  'This evidence proves nothing by itself; the verdict rests on the other evidence.':
    'この証拠だけでは何も証明されません。検証結果は他の証拠に基づいています。',
  // packages
  'bagit.txt does not say that this is a bag of version 1.0.':
    'bagit.txt に、バージョン 1.0 の bag であることが記載されていません。',
  "package.json can't be read.": 'package.json を読み取れません。',
  "package.json is missing or can't be read.": 'package.json がないか、読み取れません。',
  'A line of the manifest is not of its form.':
    'マニフェストに、定められた形式でない行があります。',
  'A line of the tag manifest is not of its form.':
    'タグマニフェストに、定められた形式でない行があります。',
  'The manifest and the other files about the package are unaltered.':
    'マニフェストおよびパッケージに関するその他のファイルは改変されていません。',
  'The manifest lists a file more than once.':
    'マニフェストに、同じファイルが二度以上記載されています。',
  "The manifest, which lists the files of the package, is missing or can't be read.":
    'パッケージのファイル一覧であるマニフェストがないか、読み取れません。',
  'The package does not hold as much as bag-info.txt says.':
    'パッケージの内容量が、bag-info.txt の記載と異なります。',
  '{0} lies in the package, and no evidence is about it: nothing is shown of it.':
    '{0} はパッケージに含まれますが、これを対象とする証拠はありません。このファイルについては何も証明されません。',
  'The package holds the files that its manifest lists, and no others.':
    'パッケージには、マニフェストに記載されたファイルがすべてあり、それ以外のファイルはありません。',
  "The package is of a version that this program can't read.":
    'パッケージが、このプログラムでは読み取れない版の形式です。',
  'The package says that it holds {0} records; it holds {1}.':
    'パッケージには記録が {0} 件あると記載されていますが、実際は {1} 件です。',
  "{0} can't be read.": '{0} を読み取れません。',
  "{0} is damaged and can't be read.": '{0}は破損しており、読み取れません。',
  '{0} is in the package, but the package does not list it: it was added later.':
    '{0} はパッケージ内にありますが、パッケージの一覧に記載がありません。後から追加されたものです。',
  '{0} is longer than any such file may be.':
    '{0}は、この種のファイルとして許される長さを超えています。',
  '{0} is missing, though the package lists it.':
    '{0}は、パッケージの一覧に記載されていますが、存在しません。',
  '{0} is missing.': '{0} がありません。',
  '{0} was altered.': '{0} は改変されています。',
  '{0} was altered: it is not the file that the package lists.':
    '{0}は改変されています。パッケージの一覧に記載されたファイルと一致しません。',
} as const;
