// The Japanese of the page: its headings, and what it explains.
#include "verifier/texts.hpp"

namespace perdura::verifier {
namespace {

constexpr Sentence japanese_page_table[] = {
    {"picture.title", "証明の連鎖 {chain}：{from} 以降のタイムスタンプ {count} 件"},
    {"page.title", "検証報告書"},
    {"page.time", "{date} {clock} UTC"},
    {"page.what-was-checked", "検証の対象"},
    {"page.file", "ファイル"},
    {"page.size", "サイズ"},
    {"page.octets", "{count} オクテット"},
    {"page.digest", "ファイルのハッシュ値"},
    {"page.digest-given", "ハッシュ値で指定された文書"},
    {"page.manifest-digest", "フォルダーのマニフェストのハッシュ値"},
    {"page.package", "パッケージ"},
    {"page.counts", "内容"},
    {"page.judged-as-of", "判定の基準時点"},
    {"page.trusted", "検証者が信頼した証明書"},
    {"page.nobody", "なし（証明書の指定なし）"},
    {"page.revocation", "失効の確認"},
    {"page.revocation-required", "すべての証明書について必須"},
    {"page.revocation-if-present", "情報がある範囲で確認"},
    {"page.policy", "暗号アルゴリズムの評価基準"},
    {"page.log-key", "台帳の鍵"},
    {"page.log-key-given", "検証者が指定"},
    {"page.log-key-own", "パッケージ自身に含まれるもの"},
    {"page.records-not-passed", "検証に成功しなかった記録"},
    {"page.records", "記録の一覧"},
    {"page.records-explained",
     "判定は記録ごとに行われます。「存在時刻」は、その記録が現在と同じ内容で遅くとも存在していたこ"
     "とが証明される時刻です。英字は、後掲の証明の連鎖を指します。"},
    {"page.more-failed",
     "このほか {count} 件の記録が検証に失敗しました。perdura-verify --json ですべて一覧できます。"},
    {"page.more-indeterminate",
     "このほか {count} 件の記録は判定を完了できませんでした。perdura-verify --json "
     "ですべて一覧できます。"},
    {"page.more-passed",
     "このほか {count} 件の記録が検証に成功しました。perdura-verify --json ですべて一覧できます。"},
    {"page.record", "記録"},
    {"page.result", "検証結果"},
    {"page.documents", "文書数"},
    {"page.existed-since", "存在時刻"},
    {"page.chains-column", "証明の連鎖"},
    {"page.chains", "証明の連鎖"},
    {"page.chains-explained",
     "タイムスタンプは、その対象がその時刻に存在したことを証明します。証明書の有効期間や暗号アルゴ"
     "リズムの安全性が失われる前に、次のタイムスタンプがそれを保護し、証明を引き継ぎます。"},
    {"page.chain-name", "連鎖"},
    {"page.chain-begins", "開始"},
    {"page.records-on-it", "記録数"},
    {"page.stamp-numbers", "タイムスタンプ {numbers}"},
    {"page.alike", "時刻とシリアル番号のほかは同じ連鎖が、ほかに {count} 件あります：{chains}。"},
    {"page.pictured",
     "全 {all} 件のタイムスタンプのうち、最初のものと最新のもの、計 {count} 件を図示しています。"},
    {"page.pictures-left-out", "ほかの {count} 種類の連鎖は図示していません。"},
    {"page.left-out",
     "このほか {count} 件はここに記載していません。perdura-verify --json ですべて出力できます。"},
    {"page.records-alike", "{count} 件の記録"},
    {"page.records-not-passed-explained",
     "成功しなかった事項のみを記載し、内容が同じ記録はまとめて記載しています。"},
    {"page.chain", "証明の連鎖 {chain}"},
    {"page.chain-of-track", "証明の連鎖 {chain}：{track}"},
    {"page.chains-left-out", "このページに収まらない証明の連鎖がほかにあります（{count} 回）。"},
    {"page.self-asserted",
     "このタイムスタンプはアーカイブ自身が発行したものです。アーカイブの鍵を持たない者による改変は"
     "検出できますが、アーカイブ自身に対しては何も証明しません。"},
    {"page.chain-broken",
     "この連鎖は途切れています。個々のタイムスタンプの判定は下のとおりですが、更新が対象とすべきも"
     "の"
     "を対象としていないか、文書を対象としていません。「検証失敗」と記された箇所をご覧ください。"},
    {"page.chain-undecided",
     "この連鎖によって証明されるかどうかは判定できませんでした。「判定不能」と記された箇所をご覧く"
     "だ"
     "さい。"},
    {"page.picture-legend",
     "円：タイムスタンプ。太い帯：次のタイムスタンプまたは判定の基準時点（破線）まで依拠した期間。"
     "枠：証明書の有効期間。三角：評価基準により最初に満了する暗号アルゴリズム。"},
    {"page.number", "番号"},
    {"page.time-of-stamp", "時刻"},
    {"page.kind", "種類"},
    {"page.authority-and-serial-number", "タイムスタンプ局、シリアル番号"},
    {"page.relied-on-until", "依拠した期限"},
    {"page.serial-number", "シリアル番号"},
    {"page.unknown", "不明"},
    {"page.step-first", "最初のタイムスタンプ"},
    {"page.step-time-stamp-renewal", "タイムスタンプの更新"},
    {"page.step-hash-tree-renewal", "ハッシュ木の更新"},
    {"page.certificates", "証明書"},
    {"page.subject", "主体者"},
    {"page.issuer", "発行者"},
    {"page.valid", "有効期間（開始、満了）"},
    {"page.key", "鍵"},
    {"page.stamps", "タイムスタンプ"},
    {"page.algorithms", "暗号アルゴリズム"},
    {"page.algorithm", "アルゴリズム"},
    {"page.fit-until", "評価基準による使用期限"},
    {"page.no-end-known", "期限の定めなし"},
    {"page.not-in-policy", "評価基準に記載なし"},
    {"page.checks-of-time-stamps", "タイムスタンプごとの検証内容"},
    {"page.checks-explained",
     "検証内容が同じタイムスタンプはまとめて記載し、値が異なる箇所は「\u2026」で示しています。個別"
     "の"
     "内容は perdura-verify --json で出力できます。"},
    {"page.all-checks", "すべての検証内容"},
    {"page.package-as-a-whole", "パッケージ全体"},
    {"page.not-checked", "検証していない事項とその理由"},
    {"page.not-checked-truth",
     "文書の内容が真実かどうか。検証したのは、タイムスタンプが付与されたものと 1 "
     "ビットの違いもなく一致することだけです。"},
    {"page.not-checked-depositor",
     "寄託者が誰であるか。アーカイブの記載であり、ここに証明するものはありません。"},
    {"page.not-checked-missing",
     "引き渡されていない記録がほかにあるかどうか。これは、別の場所で保管されたチェックポイントとア"
     "ーカイブの台帳とを比較することでのみ示されます。"},
    {"page.not-checked-log-key",
     "台帳が誰のものであるか。別の鍵の指定（--log-"
     "key）がなかったため、パッケージ自身に含まれる鍵を用いました。"},
    {"page.open-points", "検証中に判明した事項："},
    {"page.times", "{count} 回、{rule}"},
    {"page.again", "再検証の方法"},
    {"page.again-program",
     "同じプログラムと同じファイルを用いれば、次の命令で同じ検証結果が得られます："},
    {"page.again-by-hand",
     "このプログラムを用いず、openssl と sha256sum のみで検証する場合（パッケージの BY-HAND.txt "
     "に説明があり、すべての形式は verifier/formats に記載されています）："},
    {"page.program", "プログラム"},
    {"page.program-digest", "プログラムの SHA-256 値"},
    {"page.made", "本報告書の作成時刻"},
};

}  // namespace

std::span<const Sentence> japanese_page_sentences() { return japanese_page_table; }

}  // namespace perdura::verifier
