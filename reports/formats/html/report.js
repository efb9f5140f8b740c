"use strict";
// Filters, searches and draws evidence. Text from the run only ever becomes text nodes; the page's policy forbids the
// rest (require-trusted-types-for 'script').
(() => {
  const byId = (id) => document.getElementById(id);
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  // Evidence: what each kind of observation is called, and which of its fields say most.
  const kinds = {
    http_exchange: ["HTTP exchange", "request", "result"],
    tls_handshake: ["TLS handshake", "version", "cipher_suite", "result"],
    client_hello: ["ClientHello", "offered", "answer"],
    tcp_exchange: ["TCP exchange", "authority", "end"],
    control: ["Control", "operation", "result"],
    certificate: ["Certificate", "subject"],
    acceptable_ca: ["Acceptable CA", "subject"],
    cipher_suites: ["Cipher suites", "version", "accepted"],
  };
  const exchanged = new Set(["body", "received"]);

  function label(name) {
    return name.startsWith("header_") ? name.slice(7) + " header" : name.replaceAll("_", " ");
  }

  function shown(name, value) {
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value === "number" && name.endsWith("_us")) return (value / 1000).toFixed(1) + " ms";
    if (typeof value === "number" && name.endsWith("_ms")) return value + " ms";
    return String(value);
  }

  function fieldLabel(name, value) {
    return typeof value === "number" ? label(name.replace(/_[um]s$/, "")) : label(name);
  }

  function when(millis) {
    return "+" + (millis / 1000).toFixed(3) + " s";
  }

  function observation([millis, kind, fields]) {
    const [title, ...heads] = kinds[kind] ?? [kind.replaceAll("_", " "), fields[0]?.[0]];
    const head = heads.map((name) => fields.find((field) => field[0] === name)).filter((field) => field && field[1] !== "");
    const item = element("li", "", element("span", "when", when(millis)), element("span", "kind", title),
      element("span", "what", head.map((field) => shown(...field)).join(" \u2192 ")));
    const rest = fields.filter((field) => !head.includes(field) && field[1] !== "");
    if (rest.length > 0) {
      const list = element("dl", "fields");
      for (const [name, value] of rest) {
        const text = shown(name, value);
        const apart = exchanged.has(name) || text.length > 60;
        list.append(element("div", apart ? "long" : "", element("dt", "", fieldLabel(name, value)),
          element("dd", "", exchanged.has(name) ? element("pre", "", text) : text)));
      }
      item.append(list);
    }
    return item;
  }

  const shape = ([, kind, fields]) => kind + "\n" + fields.map((field) => field[0]).join("\n");

  /** Many observations of one shape (the windows of a load, repeated attempts) read better as a table. */
  function table(same) {
    const columns = same[0][2].map((field) => field[0]);
    const row = element("tr", "", ...["after", ...columns.map(label)].map((name) => {
      const cell = element("th", "", name);
      cell.scope = "col";
      return cell;
    }));
    const body = element("tbody", "", ...same.map(([millis, , fields]) => element("tr", "",
      element("td", "", when(millis)), ...fields.map((field) => element("td", "", shown(...field))))));
    const scroll = element("div", "scroll", element("table", "", element("thead", "", row), body));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", same[0][1].replaceAll("_", " "));
    const title = (kinds[same[0][1]] ?? [same[0][1].replaceAll("_", " ")])[0];
    return element("li", "", element("span", "kind", title), element("span", "what", `${same.length} times`), scroll);
  }

  function timeline(observations) {
    const list = element("ol", "timeline");
    for (let from = 0; from < observations.length;) {
      let to = from + 1;
      while (to < observations.length && shape(observations[to]) === shape(observations[from])) to += 1;
      const same = observations.slice(from, to);
      if (same.length >= 5) list.append(table(same));
      else list.append(...same.map(observation));
      from = to;
    }
    return list;
  }

  const dataOf = (check) => check.querySelector(":scope > .body > script");

  function draw(check) {
    const data = dataOf(check);
    if (!data || check.dataset.drawn) return;
    check.dataset.drawn = "yes";
    const observations = JSON.parse(data.textContent);
    const left = observations.pop();
    const body = check.querySelector(":scope > .body");
    body.append(element("h4", "", "Evidence"), timeline(observations));
    if (left > 0) body.append(element("p", "quiet", `${left} more observations are left out here.`));
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".check, .attempt")) draw(event.target);
  }, true);

  // Filter and search.
  const checks = [];
  const groups = [];
  for (const node of document.querySelectorAll("section.group")) {
    const group = { node, shown: 0 };
    groups.push(group);
    for (const check of node.querySelectorAll(":scope > details.check")) {
      checks.push({ node: check, group, outcome: check.dataset.outcome, target: node.dataset.target, words: null, requirements: null });
    }
  }
  const search = byId("search");
  const target = byId("target");
  const requirement = byId("requirement");
  const boxes = [...document.querySelectorAll("#filter input[name=outcome]")];

  // Words are kept, evidence is not: of 10,000 checks it is most of the page, and is read where it stands.
  const wordsOf = (check) => check.words ??= [...check.node.querySelectorAll("summary, .remedy, .meta")]
    .map((part) => part.textContent).join("\n").toLowerCase();
  function contains(check, term) {
    return wordsOf(check).includes(term.text) || term.pattern.test(dataOf(check.node)?.firstChild.data ?? "");
  }
  function termsOf(text) {
    return text.toLowerCase().split(/\s+/).filter(Boolean)
      .map((word) => ({ text: word, pattern: new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i") }));
  }
  const requirementsOf = (check) => check.requirements ??=
    new Set([...check.node.querySelectorAll(".meta a")].map((link) => link.textContent));

  function apply() {
    const terms = termsOf(search.value);
    const outcomes = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const group of groups) group.shown = 0;
    for (const check of checks) {
      const matches = (outcomes.size === 0 || outcomes.has(check.outcome)) &&
        (target.value === "" || target.value === check.target) &&
        (requirement.value === "" || requirementsOf(check).has(requirement.value)) &&
        terms.every((term) => contains(check, term));
      if (check.node.hidden === matches) check.node.hidden = !matches;
      if (matches) {
        count += 1;
        check.group.shown += 1;
      }
    }
    for (const group of groups) group.node.hidden = group.shown === 0;
    byId("nothing").hidden = count > 0;
    byId("shown").textContent = count === checks.length ? `${count} checks` : `${count} of ${checks.length} checks`;
  }

  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(apply, 120);
  });
  byId("filter").addEventListener("change", apply);
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").addEventListener("reset", () => setTimeout(apply));

  function choose(chosen) {
    search.value = chosen.search ?? "";
    target.value = chosen.target ?? "";
    requirement.value = chosen.requirement ?? "";
    for (const box of boxes) box.checked = box.value === chosen.outcome;
    apply();
  }
  for (const link of document.querySelectorAll(".counts a, a.cell")) {
    link.addEventListener("click", () => choose(link.dataset));
  }

  // A link to a check opens it, also when a filter hides it.
  function follow() {
    let fragment = location.hash.slice(1);
    try {
      fragment = decodeURIComponent(fragment);
    } catch {
      // Not of our making: taken as it is.
    }
    const check = byId(fragment);
    if (!check || !check.classList.contains("check")) return;
    if (check.hidden) choose({});
    check.open = true;
    check.scrollIntoView({ block: "start" });
    check.querySelector("summary").focus({ preventScroll: true });
  }
  addEventListener("hashchange", follow);

  // On the printed page the tables are open, and closed again after.
  const tables = document.querySelector("details.hand-in");
  let wasOpen = false;
  addEventListener("beforeprint", () => {
    wasOpen = tables.open;
    tables.open = true;
  });
  addEventListener("afterprint", () => {
    tables.open = wasOpen;
  });
  byId("print").addEventListener("click", () => print());

  apply();
  follow();
})();
