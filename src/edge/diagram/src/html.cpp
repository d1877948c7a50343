// SPDX-License-Identifier: Apache-2.0
#include "entity_graph.hpp"

namespace tupelo::diagrams {
namespace {

constexpr std::string_view head = R"(<style>
  html, body { margin: 0; height: 100%; overflow: hidden; font: 14px system-ui, sans-serif; background: Canvas; color: CanvasText; }
  header { position: fixed; z-index: 1; top: 0; left: 0; right: 0; display: flex; gap: 1em; align-items: center;
           padding: .5em 1em; background: color-mix(in srgb, Canvas 88%, transparent); border-bottom: 1px solid #8884; }
  header b { font-size: 15px; }
  header input { width: 16em; padding: .25em .5em; }
  header span { color: GrayText; }
  #view { position: absolute; inset: 0; cursor: grab; touch-action: none; }
  #view.moving { cursor: grabbing; }
  #view svg { transform-origin: 0 0; position: absolute; overflow: visible; }
  .chosen .entity, .chosen .relation { opacity: .15; }
  .chosen .near { opacity: 1; }
</style>
)";

constexpr std::string_view script = R"(<script>
const view = document.getElementById("view"), svg = view.querySelector("svg"), search = document.getElementById("search");
const entities = [...svg.querySelectorAll(".entity")], relations = [...svg.querySelectorAll(".relation")];
let scale = 1, x = 0, y = 48;
const show = () => { svg.style.transform = `translate(${x}px,${y}px) scale(${scale})`; };
const fit = () => {
  scale = Math.min(1, view.clientWidth / svg.viewBox.baseVal.width, (view.clientHeight - 48) / svg.viewBox.baseVal.height);
  x = Math.max(0, (view.clientWidth - svg.viewBox.baseVal.width * scale) / 2); y = 48; show();
};
const enlarge = (by, atX, atY) => {
  const next = Math.min(4, Math.max(.05, scale * by));
  x = atX - (atX - x) * next / scale; y = atY - (atY - y) * next / scale; scale = next; show();
};
view.addEventListener("wheel", e => { e.preventDefault(); enlarge(Math.exp(-e.deltaY / 500), e.clientX, e.clientY); }, { passive: false });
let held = null;
view.addEventListener("pointerdown", e => { held = { x: e.clientX - x, y: e.clientY - y }; view.classList.add("moving"); view.setPointerCapture(e.pointerId); });
view.addEventListener("pointermove", e => { if (held) { x = e.clientX - held.x; y = e.clientY - held.y; show(); } });
view.addEventListener("pointerup", () => { held = null; view.classList.remove("moving"); });
const choose = ids => {
  svg.classList.toggle("chosen", ids.size > 0);
  const near = new Set(ids);
  for (const r of relations) {
    const touches = ids.has(r.dataset.from) || ids.has(r.dataset.to);
    r.classList.toggle("near", touches);
    if (touches) { near.add(r.dataset.from); near.add(r.dataset.to); }
  }
  for (const e of entities) e.classList.toggle("near", near.has(e.id.slice(1)));
};
for (const e of entities) {
  e.addEventListener("mouseenter", () => { if (!search.value && !held) choose(new Set([e.id.slice(1)])); });
  e.addEventListener("mouseleave", () => { if (!search.value) choose(new Set()); });
}
search.addEventListener("input", () => {
  const wanted = search.value.toLowerCase();
  choose(new Set(wanted ? entities.filter(e => e.dataset.name.toLowerCase().includes(wanted)).map(e => e.id.slice(1)) : []));
});
addEventListener("keydown", e => {
  if (e.key === "Escape") { search.value = ""; choose(new Set()); fit(); }
  if (e.key === "/" && e.target !== search) { e.preventDefault(); search.focus(); }
});
addEventListener("resize", fit);
fit();
</script>
)";

}  // namespace

std::string html_of(const entity_graph& graph, const std::string& title) {
  const std::string tables = std::to_string(graph.entities.size()), keys = std::to_string(graph.relationships.size());
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escaped(title) +
         "</title>\n" + std::string(head) + "</head>\n<body>\n<header><b>" + escaped(title) + "</b><span>" + tables +
         " tables, " + keys +
         " foreign keys</span><label>Find <input id=\"search\" type=\"search\"></label></header>\n"
         "<div id=\"view\">\n" +
         svg_of(graph, title) + "</div>\n" + std::string(script) + "</body>\n</html>\n";
}

}  // namespace tupelo::diagrams
