"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") node.className = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  document.documentElement.classList.add("scripted");

  // ---- data: tables by column, opened once
  let data = null;
  const unpacked = async (holder) => {
    const text = holder.textContent;
    holder.remove();
    if (holder.dataset.encoding !== "gzip") return text;
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const ready = (async () => (data = JSON.parse(await unpacked($("#data")))))();

  const value = (table, column, row) => {
    const found = data.tables[table].columns[column];
    return found === undefined ? null : found[0][found[1][row]];
  };
  const same = (found, wanted) => (Array.isArray(found) ? found.includes(wanted) : found === wanted);
  const holds = (found, wanted) => (Array.isArray(wanted) ? wanted.some((one) => same(found, one)) : same(found, wanted));
  const select = ([, table, where]) => {
    const frame = data.tables[table];
    if (!frame) return [];
    // which of a column's distinct values pass is asked once, not per row
    const tests = where.map(([column, wanted]) => {
      const found = frame.columns[column];
      return found ? [found[1], found[0].map((one) => holds(one, wanted))] : null;
    });
    if (tests.includes(null)) return [];
    const rows = [];
    for (let row = 0; row < frame.rows; row++) if (tests.every(([at, passes]) => passes[at[row]])) rows.push(row);
    return rows;
  };

  // ---- the panel
  const panel = $("#panel"), body = $("#panel-body"), kind = $("#panel-kind");
  let opener = null;
  const MOST = 120;

  const open = (title, content, from) => {
    kind.textContent = title;
    body.replaceChildren(...content);
    if (opener) opener.removeAttribute("aria-expanded");
    if (from) { opener = from; from.setAttribute("aria-expanded", "true"); }
    panel.hidden = false;
    document.body.classList.add("open");
    body.scrollTop = 0;
    body.focus({ preventScroll: true });
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("open");
    if (opener) { opener.removeAttribute("aria-expanded"); opener.focus({ preventScroll: true }); opener = null; }
    if (location.hash.startsWith("#r=") || location.hash.startsWith("#s=")) history.replaceState(null, "", location.pathname + location.search);
    follow(null);
  };

  const fields = (index) => {
    const domain = data.ids[index].split("/")[0], held = data.fields[domain];
    const at = held ? held.ids.indexOf(index) : -1;
    if (at < 0) return null;
    const list = make("dl", { class: "fields" });
    for (const [name, [values, places]] of Object.entries(held.columns)) {
      const found = values[places[at]];
      if (found !== null && found !== "") list.append(make("dt", {}, name), make("dd", {}, String(found)));
    }
    return list;
  };
  const record = (index, under) => {
    const button = make("button", { type: "button", class: "rec", "aria-expanded": "false" }, data.ids[index].replace(/^([A-Z]+)\/[^/]+\//, "$1/"));
    button.title = data.ids[index];
    button.addEventListener("click", () => {
      const shown = under.querySelector(`[data-record="${index}"]`);
      if (shown) { shown.remove(); button.setAttribute("aria-expanded", "false"); return; }
      const found = fields(index) || make("p", { class: "how" }, `${data.ids[index]}: the fields are not in this page. Open with: remit trace TRIAL ID`);
      found.dataset.record = index;
      under.append(found);
      button.setAttribute("aria-expanded", "true");
    });
    return button;
  };
  // CP/2 before CP/10
  const inOrder = new Intl.Collator("en", { numeric: true });
  const SIGNS = { Y: ["mark", "●", "met"], N: ["mark o", "○", "not met"], unknown: ["mark q", "?", "not evaluable"], in: ["mark", "▪", "counted"], out: ["mark o", "▫", "not counted"] };
  const item = (table, row, mark) => {
    const sign = SIGNS[mark];
    const level = value(table, "LEVEL", row);
    const node = make("li", { tabindex: "-1" });
    const because = value(table, "BECAUSE", row), said = value(table, "SENTENCE", row) || "";
    node.append(
      ...(sign ? [make("span", { class: sign[0], "aria-hidden": "true" }, sign[1]), make("span", { class: "sr" }, `${sign[2]}: `)] : []),
      make("button", { type: "button", class: "n name", onclick: () => showSubject(value(table, "USUBJID", row)) }, value(table, "USUBJID", row)),
      make("span", { class: "lvl" }, data.names[level] || level || ""),
      make("span", { class: "said" }, said),
    );
    if (because && !said.includes(because)) node.append(make("span", { class: "said how" }, because));
    const sources = [...data.tables[table].sources[row]].sort((a, b) => inOrder.compare(data.ids[a], data.ids[b]));
    const records = make("span", { class: "recs" });
    for (const index of sources.slice(0, 8)) records.append(record(index, node));
    if (sources.length > 8) {
      const more = make("button", { type: "button", class: "rec" }, `and ${sources.length - 8} more`);
      more.addEventListener("click", () => { for (const index of sources.slice(8)) more.before(record(index, node)); more.remove(); });
      records.append(more);
    }
    node.append(records);
    return node;
  };
  const list = (entries) => {
    const node = make("ul", { class: "rows" }, ...entries.slice(0, MOST).map(([table, row, mark]) => item(table, row, mark)));
    if (entries.length > MOST) {
      const more = make("button", { type: "button", class: "copy" }, `show ${entries.length - MOST} more rows`);
      more.addEventListener("click", () => { node.append(...entries.slice(MOST).map(([table, row, mark]) => item(table, row, mark))); more.remove(); });
      return make("div", {}, node, more);
    }
    return node;
  };
  const copier = (label, text) => {
    const button = make("button", { type: "button", class: "copy" }, label);
    button.addEventListener("click", () => copy(text, button));
    return button;
  };
  const copy = async (text, button) => {
    const before = button.textContent;
    try { await navigator.clipboard.writeText(text); }
    catch {
      const area = make("textarea", { class: "toast", "aria-hidden": "true" });
      area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = before; }, 1200);
  };

  const distinct = (entries) => new Set(entries.map(([table, row]) => value(table, "USUBJID", row)));
  const outside = (people, group, population) => {
    // subjects of the study who are not in the population of this number, under the reason the sets give
    const sets = data.tables.adset, adsl = data.tables.adsl;
    if (!adsl) return [];
    const reasons = new Map();
    for (let row = 0; row < adsl.rows; row++) {
      const who = value("adsl", "USUBJID", row);
      if (!people.has(who)) reasons.set(who, "");
    }
    if (sets) for (const key of [population, group]) for (let row = 0; row < sets.rows; row++) {
      const who = value("adset", "USUBJID", row);
      if (value("adset", "SET", row) === key && value("adset", "IN", row) !== "Y" && reasons.get(who) === "") reasons.set(who, value("adset", "REASON", row) || "");
    }
    const grouped = new Map();
    for (const [who, why] of reasons) grouped.set(why, [...(grouped.get(why) || []), who]);
    return [...grouped];
  };
  const many = (n) => `${n} other${n === 1 ? "" : "s"}`;
  const others = (label, people) => make("details", {}, make("summary", {}, label), make("p", { class: "how" }, people.join(people.some((one) => one.includes(":")) ? "; " : ", ")));

  const showResult = async (id, from) => {
    await ready;
    const result = data.results[id];
    if (!result) return;
    const [sentence, definition, place, group, population, text, title, variants, counts] = result;
    const behind = data.behind[place];
    const counted = behind.filter((s) => s[0] === "counted").flatMap((s) => select(s).map((row) => [s[1], row]));
    const pool = behind.filter((s) => s[0] === "population").flatMap((s) => select(s).map((row) => [s[1], row]));
    const met = distinct(counted), all = distinct(pool);
    const binary = counts && pool.length > 0;
    const content = [
      make("h2", {}, text),
      make("p", { class: "what" }, title),
      make("p", { class: "how" }, sentence.slice(sentence.lastIndexOf("(population") + 1).replace(/^p/, "P").replace(/\)\.$/, ".")),
      definition ? make("p", { class: "how" }, definition) : null,
      make("div", { class: "acts" }, copier("copy as sentence", `${sentence} [${id}]`), copier("copy id", id)),
    ];
    const rest = pool.filter(([table, row]) => !met.has(value(table, "USUBJID", row)));
    const told = binary ? rest.filter(([table, row]) => table === "adeff" || rest.length <= 12) : [];
    const quiet = rest.length - told.length ? [...distinct(rest)] : [];
    // an answer is marked as what it is, whatever this number counts; other rows as counted or not
    const mark = (table, row, inside) => (!binary ? "" : table === "adeff" ? value(table, "ANSWER", row) || "unknown" : inside ? "in" : "out");
    const entries = [...counted.map(([t, r]) => [t, r, mark(t, r, true)]), ...told.map(([t, r]) => [t, r, mark(t, r, false)])];
    if (entries.length) content.push(make("h3", {}, "Behind it"), list(entries));
    else content.push(make("p", { class: "none" }, behind.length ? (counts ? "No subject has it." : "No row stands behind it yet.") : "This number has no rows of its own."));
    if (quiet.length && binary) content.push(others(`${many(quiet.length)} of the population: ${rest.every(([table]) => table === "adeff") ? "not met" : "not counted"}`, quiet));
    const inside = binary ? all : met;
    const out = inside.size ? outside(inside, group, population) : [];
    const told_apart = out.length > 3;
    if (told_apart) {
      const people = out.flatMap(([why, who]) => who.map((one) => (why ? `${one}: ${why}` : one))).sort();
      content.push(others(`${many(people.length)}: not in the group, each with the reason`, people));
    } else for (const [why, people] of out) content.push(others(`${many(people.length)}: not in the group${why ? ` — ${why}` : ""}`, people));
    if (variants && variants.length) {
      const links = make("ul", { class: "rows" });
      for (const other of variants) if (data.results[other])
        links.append(make("li", {}, make("span", { class: "mark" }, ""), make("button", { type: "button", class: "n", onclick: (e) => showResult(other, opener) }, data.results[other][5]), make("span", { class: "lvl" }, data.results[other][6])));
      content.push(make("h3", {}, "Other variants"), links);
    }
    content.push(make("p", { class: "how" }, make("code", {}, id)));
    open("Behind the number", content.filter(Boolean), from);
    history.replaceState(null, "", `#r=${id}`);
  };

  const TABLES = { adsl: "Subject", adset: "Sets and groups", adex: "Exposure", adae: "Adverse events", adeff: "Endpoints", adrs: "Scores and states", adlb: "Measurements", adtte: "Times" };
  const showSubject = async (who, from) => {
    await ready;
    const content = [make("h2", {}, who)];
    for (const [table, title] of Object.entries(TABLES)) {
      if (!data.tables[table]) continue;
      const rows = select(["counted", table, [["USUBJID", who]]]).map((row) => [table, row, ""]);
      if (!rows.length) continue;
      const details = make("details", table === "adsl" || table === "adae" ? { open: "" } : {}, make("summary", {}, title));
      const fill = () => { if (details.children.length < 2) details.append(list(rows)); };
      if (details.open) fill(); else details.addEventListener("toggle", fill);
      content.push(details);
    }
    open("Subject", content, from);
    history.replaceState(null, "", `#s=${who}`);
    follow(who);
  };
  const showRow = async (table, row, from) => {
    await ready;
    const who = value(table, "USUBJID", row);
    open("Behind the mark", [make("h2", {}, who), list([[table, row, ""]]), make("p", {}, make("button", { type: "button", class: "copy", onclick: () => showSubject(who, opener) }, "everything of this subject"))], from);
    follow(who);
  };

  document.addEventListener("click", (event) => {
    const number = event.target.closest(".n[data-id]"), who = event.target.closest("[data-subject]"), copying = event.target.closest("[data-copy]");
    if (number) number === opener && !panel.hidden ? close() : showResult(number.dataset.id, number);
    else if (who) showSubject(who.dataset.subject, who);
    else if (copying) copy($$("tr", $(`#${copying.dataset.copy}`)).map((tr) => [...tr.cells].map((cell) => (cell.querySelector(".sr") || cell).innerText.replace(/\s+/g, " ").trim()).join("\t")).join("\n"), copying);
  });
  $("#panel-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (panel.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && panel.contains(document.activeElement)) {
      const rows = $$("ul.rows > li", body);
      if (!rows.length) return;
      event.preventDefault();
      const at = rows.indexOf(document.activeElement.closest("ul.rows > li"));
      const next = rows[at < 0 ? (event.key === "ArrowDown" ? 0 : rows.length - 1) : at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
    }
  });

  const fromAddress = () => {
    const hash = decodeURIComponent(location.hash);
    if (hash.startsWith("#r=")) showResult(hash.slice(3), $(`.n[data-id="${CSS.escape(hash.slice(3))}"]`));
    else if (hash.startsWith("#s=")) showSubject(hash.slice(3), $(`[data-subject="${CSS.escape(hash.slice(3))}"]`));
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();

  // ---- figures: the same specs, alive once they are near the view
  const views = [];
  let followed = null;
  const follow = (who) => {
    if (who === followed) return;
    followed = who;
    for (const view of views) view.signal("subject", who).runAsync();
  };
  // the chart library, packed like the data and opened when a figure first comes near the view
  let library = null;
  const charts = () => library ||= unpacked($("#charts")).then((code) => {
    document.head.append(Object.assign(document.createElement("script"), { textContent: code }));
    return Boolean(window.vegaEmbed);
  });
  const enliven = async (plot) => {
    const spec = (await ready).specs[plot.dataset.figure];
    if (!spec || !(await charts())) return;
    const still = plot.innerHTML;
    const size = $("svg", plot), width = size.getAttribute("width"), height = size.getAttribute("height");
    const stage = make("div");
    try {
      const { view } = await window.vegaEmbed(stage, spec, { renderer: "svg", actions: false, ast: true, tooltip: { theme: "custom" } });
      const svg = $("svg", stage);
      svg.setAttribute("viewBox", svg.getAttribute("viewBox") || `0 0 ${width} ${height}`);
      svg.setAttribute("aria-hidden", "true");
      plot.replaceChildren(stage);
      views.push(view);
      if (followed) view.signal("subject", followed).runAsync();
      view.addEventListener("mouseover", (event, mark) => { if (panel.hidden) follow(mark && mark.datum && mark.datum.USUBJID ? mark.datum.USUBJID : null); });
      view.addEventListener("click", (event, mark) => {
        const point = mark && mark.datum;
        if (point && point.at !== undefined) showRow(point.at, point.row, null);
      });
    } catch (error) { plot.innerHTML = still; console.warn("figure stays a picture:", error.message); }
  };
  if ($("#charts") && !matchMedia("print").matches) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); enliven(entry.target); }
    }, { rootMargin: "300px" });
    $$(".plot").forEach((plot) => seen.observe(plot));
  }

  // ---- what is wider than its box says so, and keeps its first column in sight
  const clipped = (box) => {
    // only what scrolls is a stop of the keyboard
    if (box.classList.toggle("clipped", box.scrollWidth > box.clientWidth + 1)) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const sized = new ResizeObserver((entries) => { for (const entry of entries) clipped(entry.target.closest(".tablebox, .plotbox")); });
  for (const box of $$(".tablebox, .plotbox")) { sized.observe(box); if (box.firstElementChild) sized.observe(box.firstElementChild); }

  // ---- where the reader is, and everything open on paper
  const links = new Map($$(".contents a").map((link) => [link.hash.slice(1), link]));
  const reading = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  $$(".part").forEach((part) => reading.observe(part));
  let opened = [];
  addEventListener("beforeprint", () => { opened = $$("main details:not([open]):not(.ids)"); opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
