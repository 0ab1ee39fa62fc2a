/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the form quicker; nothing here is needed. It checks answers before they are sent, by the
 * rules of src/core/form.h and with the server's own sentences (data- attributes, see
 * field.html), keeps a second press of a button from sending twice, counts characters, copies the
 * Client ID and prints.
 */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  /* The page's own words (say_browser_words), and the form of a word that goes with a number. */
  const { words: given = "{}" } = one("[data-words]")?.dataset ?? {};
  const words = JSON.parse(given);
  const { lang } = document.documentElement;
  const count = (forms, n) =>
    forms[new Intl.PluralRules(lang).select(n)].replace("{n}", n.toLocaleString(`${lang}-u-nu-latn`));

  /* Answers and their rules: one function a kind, true when the answer is right. */

  const tidy = (text) =>
    text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").normalize("NFC").trim();
  /* 0–9 for the digits of Arabic, Persian and full-width keyboards. */
  const latin = (text) =>
    text.replace(/[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g, (d) => d.charCodeAt(0) & 15);
  const length = (text) => [...text].length;
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const address = new RegExp(`^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${label}(\\.${label})+$`, "i");

  const rules = {
    email: (text) => address.test(text),
    phone: (text) =>
      /^(\+[1-9]\d{6,14}|\d{5,20})$/.test(text.replace(/[\s.()[\]\-\u2010-\u2015\u2212]/g, "")),
    number: (text, { min, max }) => {
      if (!/^(\d+|\d{1,3}([\s,.'’\u066c])\d{3}(\2\d{3})*)$/.test(text)) return false;
      const n = +text.replace(/\D/g, "");
      return n >= min && n <= max;
    },
    date: (text, { min, max }) => {
      const day = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text + "T00:00Z");
      const n = +text.replace(/-/g, "");
      return day && +day === +day && day.toJSON().startsWith(text) && n >= min && n <= max;
    },
  };

  /* utf8_is_control: what nobody types on purpose. */
  const hidden = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff\p{NChar}]/u;

  const controls = (field) => all("input, select, textarea", field);

  const answer = (field) =>
    tidy(
      controls(field)
        .filter((c) => !/radio|checkbox/.test(c.type) || c.checked)
        .map((c) => c.value)
        .join("\n"),
    );

  const onlyWithOther = (field) => field.classList.contains("only-with-other");
  const asked = (field) =>
    onlyWithOther(field)
      ? answer(one("#industry").closest(".field")) === "other"
      : "required" in field.dataset;

  /* What is wrong with a field: a sentence, or "". */
  const finding = (field) => {
    const { kind, max, missing, control, wrong, long } = field.dataset;
    const text = answer(field);
    if (onlyWithOther(field) && !asked(field)) return "";
    /* Half a date: the browser shows it and would send nothing. */
    if (controls(field).some((c) => c.validity.badInput)) return wrong;
    if (!text) return asked(field) ? missing : "";
    if (/line|text/.test(kind) && hidden.test(text.replace(/\n/g, ""))) return control;
    if (/line|text|email|phone/.test(kind) && length(text) > max) return long;
    const plain = /phone|number|date/.test(kind) ? latin(text) : text;
    return rules[kind] && !rules[kind](plain, field.dataset) ? wrong : "";
  };

  /* A calendar, where the browser has one. It would throw away what is not a date: that stays. */
  for (const field of all("[data-kind=date]")) {
    const [input] = controls(field);
    if (input.value && !rules.date(input.value, { min: 0, max: 1e8 })) continue;
    input.type = "date";
    if (input.type !== "date") continue;
    for (const end of ["min", "max"])
      input[end] = field.dataset[end].replace(/(..)(..)$/, "-$1-$2");
    const format = document.getElementById(input.id + "-format");
    const ids = input.getAttribute("aria-describedby").split(" ");
    const others = ids.filter((id) => id !== format.id);
    if (others.length) input.setAttribute("aria-describedby", others.join(" "));
    else input.removeAttribute("aria-describedby");
    format.remove();
  }

  /* Showing it, exactly as the server would. */

  const summary = one("#problems");

  const show = (field, message) => {
    const id = controls(field)[0].name + "-error";
    const group = one("fieldset", field);
    const target = group || controls(field)[0];
    let note = one(".error", field);

    field.classList.toggle("is-wrong", !!message);
    if (message && !note) {
      note = document.createElement("p");
      note.className = "error";
      note.id = id;
      note.appendChild(document.createElement("span")).append(words.error);
      note.firstChild.className = "sr";
      (one(".choices", field) || target).before(note);
    }
    if (message) {
      note.lastChild.nodeType === 3 && note.lastChild.remove();
      note.append(message);
    } else if (note) {
      note.remove();
    }

    const ids = (target.getAttribute("aria-describedby") || "").split(" ");
    const others = ids.filter((i) => i && i !== id);
    if (message) others.push(id);
    if (others.length) target.setAttribute("aria-describedby", others.join(" "));
    else target.removeAttribute("aria-describedby");
    if (!group) {
      if (message) target.setAttribute("aria-invalid", "true");
      else target.removeAttribute("aria-invalid");
    }
  };

  const title = document.title.startsWith(words.error)
    ? document.title.slice(words.error.length)
    : document.title;
  const announce = (wrong) => {
    document.title = (wrong ? words.error : "") + title;
    summary.hidden = !wrong;
  };

  const check = (form) => {
    const fields = all(".field", form);
    const list = one("ul", summary);
    list.replaceChildren();
    for (const field of fields) {
      const message = finding(field);
      show(field, message);
      if (!message) continue;
      const link = document.createElement("a");
      link.href = "#" + controls(field)[0].id;
      link.append(message);
      list.appendChild(document.createElement("li")).append(link);
    }
    announce(list.children.length);
    if (list.children.length) summary.focus();
    return !list.children.length;
  };

  /* A field that was wrong, and has been left or changed. */
  const recheck = (field) => {
    const message = finding(field);
    const link = one(`a[href="#${controls(field)[0].id}"]`, summary);
    show(field, message);
    if (!link) return;
    if (message) link.textContent = message;
    else link.parentNode.remove();
    announce(one("li", summary));
  };

  for (const form of all("form[data-checked]")) {
    /* While a pointer is down nothing may move, or the press would miss its button. */
    let down = false;
    let left = null;
    const wrong = (event) => event.target.closest(".field.is-wrong");
    const lift = () => {
      down = false;
      setTimeout(() => left && recheck(left), 50);
    };
    addEventListener("pointerdown", () => (down = true), true);
    addEventListener("pointerup", lift, true);
    addEventListener("pointercancel", lift, true);
    form.addEventListener("focusout", (event) => {
      const field = wrong(event);
      if (!field || field.contains(event.relatedTarget)) return;
      if (down) left = field;
      else recheck(field);
    });
    form.addEventListener("focusin", () => (left = down ? left : null));
    form.addEventListener("change", (event) => {
      const field = wrong(event);
      if (field && /select|radio|checkbox/.test(event.target.type)) recheck(field);
      all(".only-with-other.is-wrong", form).forEach(recheck);
    });
  }

  if (summary) {
    if (!summary.hidden) summary.focus();
    summary.addEventListener("click", (event) => {
      const target = event.target.hash && document.getElementById(event.target.hash.slice(1));
      if (target) setTimeout(() => target.focus());
    });
  }

  /* Sending once. The guard falls by itself, should the answer never come. */

  const buttons = (form) => all("[type=submit]", form);
  const ready = (form) => {
    delete form.dataset.sent;
    buttons(form).forEach((b) => b.removeAttribute("aria-disabled"));
  };

  for (const form of all("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      /* "Save and come back later" takes answers as they are. */
      const checked = "checked" in form.dataset && !event.submitter?.formNoValidate;
      if ("sent" in form.dataset || (checked && !check(form))) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "";
      buttons(form).forEach((b) => b.setAttribute("aria-disabled", "true"));
      setTimeout(() => ready(form), 8000);
    });
  }
  addEventListener("pageshow", () => all("form[data-sent]").forEach(ready));

  /* Characters left: seen at once, spoken when the typing pauses. */

  for (const note of all("[data-count]")) {
    const field = note.closest(".field");
    const area = one("textarea", field);
    const spoken = document.createElement("p");
    let timer;
    spoken.className = "sr";
    spoken.setAttribute("aria-live", "polite");
    note.after(spoken);
    const update = () => {
      const left = field.dataset.max - length(tidy(area.value));
      const text = count(left < 0 ? words.over : words.left, Math.abs(left));
      note.textContent = text;
      note.classList.toggle("is-over", left < 0);
      clearTimeout(timer);
      timer = setTimeout(() => (spoken.textContent = text), 1000);
    };
    area.addEventListener("input", update);
    addEventListener("pageshow", update);
  }

  /* The Client ID: copy, print. */

  for (const tools of all("[data-tools]")) {
    const copy = one("[data-copy]", tools);
    const told = one("[role=status]", tools);
    tools.hidden = false;
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", async () => {
      const source = document.getElementById(copy.dataset.copy);
      told.textContent = "";
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        told.textContent = copy.dataset.done;
      } catch {
        getSelection().selectAllChildren(source);
        told.textContent = copy.dataset.select;
      }
    });
    one("[data-print]", tools).addEventListener("click", () => print());
  }
})();
