// The look of a report: its style, and the script that tells the values under the pointer. Without the script
// the page only lacks that. Rests on: nothing, here or elsewhere; the page works offline.
#pragma once

namespace eev::command {

inline constexpr const char* report_style = R"css(
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --panel: #fff; --text: #1c1e21; --muted: #5c6370; --line: #dfe1e6;
  --curve: #3451c7; --label: #b4470a; --note: #fff4d6; --note-line: #d9a400;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --panel: #1d2025; --text: #e8eaed; --muted: #a0a7b4; --line: #343941;
    --curve: #8ea6ff; --label: #ffb070; --note: #33290c; --note-line: #b58900;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--page); color: var(--text);
       font: 16px/1.5 system-ui, sans-serif; display: flex; flex-direction: column; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 48rem; }
a { color: var(--curve); }
dl { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; margin: .3rem 0 0; }
dl div { display: flex; gap: .4rem; }
dt { flex: none; color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
header, nav, section { margin-bottom: 1.5rem; }
nav ul { margin: .2rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; }
.note { padding: .6rem .9rem; border-left: .3rem solid var(--note-line); background: var(--note); }
.scale, nav { order: -1; } header { order: -2; }
.scale { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0 0 1.5rem; padding: 0; border: 0; }
.scale legend { padding: 0; color: var(--muted); }
.scale label { cursor: pointer; }
.scale input { accent-color: var(--curve); }
.key::before { content: ""; display: inline-block; width: 1.6rem; margin-right: .4rem; vertical-align: .25em;
               border-top: 2px solid var(--curve); }
.key + .key { margin-left: 1rem; }
.key.of-labels::before { border-top: 2px dashed var(--label); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: .8rem;
         margin-top: .8rem; }
section { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
figure { margin: 0; padding: .6rem .8rem .4rem; background: var(--panel); border: 1px solid var(--line);
         border-radius: .5rem; font-variant-numeric: tabular-nums; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .85rem; }
figcaption b { font-size: 1rem; }
.told { color: var(--muted); }
.plot { position: relative; margin: .3rem 0 1.2rem 2.6rem; height: 6.5rem; }
svg { display: block; width: 100%; height: 100%; border-bottom: 1px solid var(--line);
      border-top: 1px solid var(--line); }
path { fill: none; stroke: var(--curve); stroke-width: 1.6; stroke-linejoin: round;
       vector-effect: non-scaling-stroke; transition: transform .25s; }
path.labels { stroke: var(--label); stroke-dasharray: 4 3; }
path.grid { stroke: var(--line); stroke-width: 1; }
@media (prefers-reduced-motion: reduce) { path { transition: none; } }
.low, .high, .time { position: absolute; font-size: .72rem; line-height: 1; color: var(--muted); }
.low, .high { right: 100%; padding-right: .4rem; }
.high { top: -.3rem; } .low { bottom: -.3rem; }
.time { top: 100%; padding-top: .3rem; transform: translateX(-50%); }
.cursor { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--text); pointer-events: none; }
.whole { display: none; }
body:has(#whole:checked) .own { display: none; }
body:has(#whole:checked) .whole { display: inline; }
body:not(:has(#whole:checked)) path:not(.grid) { transform: scaleY(var(--zoom)) translateY(var(--shift)); }
footer { color: var(--muted); font-size: .85rem; }
)css";

inline constexpr const char* report_script = R"js(
for (const section of document.querySelectorAll("section")) {
  const seconds = Number(section.dataset.seconds);
  let plots;
  const leave = () => {
    for (const { told, usual, cursor } of plots ?? []) told.textContent = usual, cursor.hidden = true;
  };
  section.addEventListener("pointerleave", leave);
  section.addEventListener("pointermove", event => {
    const box = event.target.closest("figure")?.querySelector(".plot").getBoundingClientRect();
    if (!box) return leave();
    plots ??= Array.from(section.querySelectorAll("figure"), figure => {
      const told = figure.querySelector(".told"), cursor = document.createElement("div");
      cursor.className = "cursor";
      figure.querySelector(".plot").append(cursor);
      const points = figure.querySelector("path.curve").getAttribute("d").match(/\d+ \d+/g)
        .map(point => point.split(" ").map(Number));
      return { told, usual: told.textContent, cursor, points };
    });
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const time = share * seconds, clock = Math.floor(time / 60) + ":" + (time % 60).toFixed(1).padStart(4, "0");
    for (const { told, cursor, points } of plots) {
      const end = Math.max(1, points.findIndex(([x]) => x >= share * 10000));
      const [x0, y0] = points[end - 1], [x1, y1] = points[end];
      const y = y0 + (y1 - y0) * (x1 > x0 ? (share * 10000 - x0) / (x1 - x0) : 0);
      told.textContent = (1 - y / 10000).toFixed(3) + " at " + clock;
      cursor.hidden = false, cursor.style.left = 100 * share + "%";
    }
  });
}
)js";

}  // namespace eev::command
