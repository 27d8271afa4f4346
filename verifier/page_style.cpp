#include "verifier/page_style.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1d21; --soft: #5a6270; --rule: #d5d9e0;
  --panel: #f5f6f8; --good: #17663a; --open: #8a5a00; --bad: #a5152b; --proof: #2f5d9b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --ink: #e7e9ec; --soft: #a2aab6; --rule: #3a414b; --panel: #1e2329;
    --good: #63c98c; --open: #e2b14a; --bad: #ff8390; --proof: #86b4ef; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 15px/1.5 "Noto Serif", "Liberation Serif", Georgia, "Hiragino Mincho ProN",
  "Yu Mincho", "Noto Serif CJK JP", serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, th, .label, .mark, svg, footer, .verdict strong { font-family: "Noto Sans",
  "Liberation Sans", "Helvetica Neue", Arial, "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP",
  sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: .9rem; margin: 1rem 0 .2rem; }
p { margin: .4rem 0; }
.soft, .detail { color: var(--soft); }
.detail { font-size: .82rem; }
code { font: .86em "Liberation Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { background: var(--panel); border: 1px solid var(--rule); padding: .6rem .8rem; margin: .5rem 0;
  white-space: pre-wrap; }
.verdict { border: 2px solid; border-left-width: .6rem; padding: .9rem 1.1rem; margin: 1.2rem 0; }
.verdict strong { display: block; font-size: 1.35rem; margin-bottom: .2rem; }
.verdict p, .verdict dl { color: var(--ink); }
.passed > .mark, td.passed, .verdict.passed { color: var(--good); }
.indeterminate > .mark, .note > .mark, td.indeterminate, .verdict.indeterminate, p.indeterminate
{ color: var(--open); }
.failed > .mark, td.failed, .verdict.failed, p.failed { color: var(--bad); }
td.passed, td.indeterminate, td.failed { font-size: .92em; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .6rem .28rem 0;
  border-bottom: 1px solid var(--rule); }
th { font-size: .78rem; }
th, td { overflow-wrap: normal; } code, bdi, .detail { overflow-wrap: anywhere; }
table.facts th { width: 12.5rem; font-weight: 600; color: var(--soft); }
table.records, table.chains, table.stamps, table.certificates { font-size: .8rem; }
table.records, table.chains, table.stamps, table.certificates { table-layout: fixed; }
table.records td, table.chains td, table.stamps td, table.certificates td { overflow-wrap: anywhere; }
table.records th:nth-child(1) { width: 42%; } table.records th:nth-child(2) { width: 14%; }
table.records th:nth-child(3) { width: 11%; } table.records th:nth-child(4) { width: 24%; }
table.records td:first-child code { font-size: .71em; }
table.chains th:nth-child(1) { width: 20%; } table.chains th:nth-child(2) { width: 12%; }
table.chains th:nth-child(3) { width: 24%; } table.chains th:nth-child(5) { width: 18%; }
table.stamps { font-size: .74rem; } table.stamps code, table.certificates code { font-size: .8em; }
table.stamps th:nth-child(1) { width: 5%; } table.stamps th:nth-child(3) { width: 16%; }
table.stamps th:nth-child(2), table.stamps th:nth-child(5) { width: 17%; }
table.stamps th:nth-child(6) { width: 16%; }
table.certificates th:nth-child(1) { width: 40%; } table.certificates th:nth-child(2) { width: 19%; }
table.certificates th:nth-child(3) { width: 18%; } table.certificates th:nth-child(4) { width: 8%; }
.names { font-size: .72rem; color: var(--soft); }
ul.findings { list-style: none; margin: .2rem 0; padding: 0; font-size: .92rem; }
ul.findings ul.findings { margin-left: 1.3rem; font-size: 1em; }
ul.findings li { padding: .1rem 0 .1rem 1.5rem; text-indent: -1.5rem; }
ul.findings li > * { text-indent: 0; }
.mark { display: inline-block; width: 1.5rem; font-weight: 700; text-indent: 0; }
.detail { display: block; text-indent: 0; }
figure { margin: 1.2rem 0; }
figcaption { font-size: .82rem; color: var(--soft); }
.record { border-left: 3px solid var(--rule); padding-left: 1rem; margin: 1.2rem 0; }
svg { display: block; width: 100%; height: auto; font-size: 13px; }
svg text { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 4px; } svg .year, svg .small { fill: var(--soft); } svg .small { font-size: 11px; }
svg .axis { stroke: var(--ink); } svg .tick { stroke: var(--rule); }
svg .cert { fill: none; stroke: var(--soft); } svg .relied.passed { fill: var(--proof); }
svg .relied.indeterminate { fill: var(--open); } svg .relied.failed { fill: var(--bad); }
svg .stamp { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
svg .link { stroke: var(--ink); stroke-width: 1.5; } svg .end { fill: var(--bad); }
svg .now { stroke: var(--ink); stroke-dasharray: 4 3; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .6rem; font-size: .78rem;
  color: var(--soft); }
@media screen and (max-width: 46rem) {
  body { padding: 1rem .8rem 3rem; }
  .picture { overflow-x: auto; } .picture svg { min-width: 44rem; }
  table:not(.facts) { display: block; overflow-x: auto; }
  table.records, table.chains, table.stamps, table.certificates { table-layout: auto; }
  table.facts th { width: 8rem; } }
@page { size: A4; margin: 18mm 16mm 20mm; }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --panel: #f5f5f5;
    --good: #0f5230; --open: #6d4700; --bad: #8c0f22; --proof: #2f5d9b; }
  html { font-size: 12.5px; } body { padding: 0; max-width: none; font-size: 9.5pt; }
  h2, h3, h4, h2 + p, .label { break-after: avoid; } tr, li[class], figure, .verdict { break-inside: avoid; }
  thead { display: table-header-group; }
  svg, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)";

}  // namespace

std::string_view page_style() { return style; }

}  // namespace perdura::verifier
