/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the team's pages quicker; nothing here is needed. Keys: / for the search, j and k through
 * the rows of a table marked data-rows, Enter to open the row, x to mark it, ? for help. A form
 * marked data-now sends itself when a choice is made. The queue counts what is marked, and tells
 * what came since it was opened (src/web/arrivals.h).
 */
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const rows = all("[data-rows] tbody tr");
  const help = one("#keys");
  let here = -1;
  let before = "";

  const move = (by) => {
    if (!rows.length) return;
    rows[here]?.classList.remove("is-here");
    here = Math.min(Math.max(here + by, 0), rows.length - 1);
    rows[here].classList.add("is-here");
    rows[here].scrollIntoView({ block: "nearest" });
    one("a", rows[here])?.focus({ preventScroll: true });
  };

  const keys = {
    "/": () => one("#q")?.select(),
    "?": () => help?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    x: () => rows[here] && one("input[type=checkbox]", rows[here])?.click(),
  };
  const places = { q: "/staff", i: "/staff/insights", a: "/staff/audit", s: "/staff/profile" };

  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
    if (target.matches?.("input:not([type=checkbox]), textarea, select")) {
      if (key === "Escape") target.blur();
      return;
    }
    const go = before === "g" && places[key];
    before = key;
    if (go) location.href = go;
    else if (keys[key]) {
      event.preventDefault();
      keys[key]();
    }
  });

  for (const form of all("form[data-now]")) {
    form.addEventListener("change", () => form.requestSubmit());
    for (const button of all("[data-needless]", form)) button.hidden = true;
  }

  /* Marking: how many there are, and all at once. */
  const marks = all("[name=mark]");
  const every = one("[data-mark-all]");
  const marked = one("[data-marked]");
  if (every && marked) {
    const count = () => {
      const n = marks.filter((mark) => mark.checked).length;
      marked.value = n;
      every.checked = n === marks.length;
      every.indeterminate = n > 0 && n < marks.length;
    };
    every.hidden = false;
    every.addEventListener("change", () => {
      for (const mark of marks) mark.checked = every.checked;
      count();
    });
    for (const mark of marks) mark.addEventListener("change", count);
    count();
  }

  /* Arrivals. A stream that the server ended for good is not asked for again. */
  const bar = one("[data-arrivals]");
  const listen = () => {
    const { arrivals, href, text } = bar.dataset;
    const source = new EventSource(arrivals);
    const later = () => {
      source.close();
      setTimeout(listen, 30000);
    };
    source.addEventListener("arrivals", ({ data }) => {
      const link = one("a", bar) ?? bar.appendChild(document.createElement("a"));
      link.href = href;
      link.textContent = text.replace("{n}", data);
      document.title = `(${data}) ${document.title.replace(/^\(\d+\) /, "")}`;
    });
    source.addEventListener("end", ({ data }) => (data === "later" ? later() : source.close()));
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && later());
  };
  if (bar) listen();
})();
