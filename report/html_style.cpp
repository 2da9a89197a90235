#include "report/html.hpp"

namespace ringback {

std::string_view html_style() {
  return R"(
:root { color-scheme: light dark; --text: #1c1e21; --soft: #5c636b; --back: #ffffff; --card: #f4f5f7; --line: #c9ced4;
  --good: #18713a; --bad: #b3261e; --doubtful: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8ea; --soft: #a0a7af; --back: #15181b; --card: #1f2428; --line: #444b53;
  --good: #5fcf87; --bad: #ff8a80; --doubtful: #f2b84b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 46rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.35rem; line-height: 1.35; margin: .5rem 0 1.25rem; padding-left: .75rem; border-left: .4rem solid; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .doubtful { color: var(--doubtful); } .soft { color: var(--soft); }
h1.good, h1.bad, h1.doubtful { border-color: currentColor; } h1 span { color: var(--text); }
.picture { display: block; width: 100%; max-width: 34rem; height: auto; font-size: 14px; fill: var(--text); }
.picture .service { font-weight: 700; } .picture .node { text-anchor: middle; }
.picture .good { fill: var(--good); } .picture .bad { fill: var(--bad); } .picture .doubtful { fill: var(--doubtful); } .picture .soft { fill: var(--soft); }
.picture path { fill: none; } .picture path.bad { stroke: var(--bad); stroke-width: 3; } .picture .rail { stroke: var(--line); stroke-width: 2; }
.card { background: var(--card); border-radius: .5rem; padding: 1rem; margin: 0 0 1rem; }
.card p { margin: .25rem 0; } ol, ul { margin: .25rem 0; padding-left: 1.4rem; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem; overflow-x: auto;
  font: .85rem/1.45 ui-monospace, monospace; overflow-wrap: normal; }
code { font: .9em ui-monospace, monospace; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem .75rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; }
summary { cursor: pointer; } details:not([open]) + .folded { display: none; } footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 30rem) { body { padding: .75rem; } .card { padding: .75rem; } ol, ul { padding-left: 1.1rem; }
  li > ol { padding-left: 0; list-style-position: inside; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dt { margin-top: .25rem; } }
@media print { :root { color-scheme: light; --text: #000000; --soft: #4a5056; --back: #ffffff; --card: #ffffff; --line: #8a9199;
    --good: #18713a; --bad: #b3261e; --doubtful: #7a4f00; }
  body { max-width: none; padding: 0; } .card { border: 1px solid var(--line); } h2, h3, h4 { break-after: avoid; } .picture { break-inside: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; } details:not([open]) + .folded { display: block; } summary { list-style: none; } }
)";
}

}  // namespace ringback
