/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the work that a form asks for while the server is under pressure (src/web/challenge.h), says
 * so in the notice above the form, and sends the form by itself. The hashes are the browser's own,
 * off the main thread; whoever types or presses a button meanwhile is not interrupted. When the
 * wait that others have is over first, that counts as well.
 */
"use strict";

(() => {
  const box = document.querySelector("[data-challenge]");
  const form = box?.closest("form");
  const proof = form?.elements.namedItem("_proof");
  if (!box || proof.value || !globalThis.crypto?.subtle) return;

  const BATCH = 32;
  const { challenge, bits, wait, size, working, longer, sending, ready } = box.dataset;
  const told = document.querySelector(".notice p");
  const button = form.querySelector("later" in box.dataset ? "[name=_then]" : "[type=submit]");
  let sender = "atOnce" in box.dataset ? button : null;
  let over = false;

  const finish = (number) => {
    if (over) return;
    over = true;
    if (number !== undefined) proof.value = number;
    told.textContent = sender ? sending : ready;
    if (sender) form.requestSubmit(sender);
  };

  const isSolution = (hash) => new DataView(hash).getUint32(0) < 2 ** (32 - bits);

  const work = async () => {
    const message = new Uint8Array(+size);
    const number = new DataView(message.buffer);
    message.set(new TextEncoder().encode(challenge), 8);
    for (let n = 0; !over; n += BATCH) {
      const hashes = [];
      for (let i = 0; i < BATCH; i++) {
        number.setUint32(4, n + i);
        hashes.push(crypto.subtle.digest("SHA-256", message)); /* takes a copy */
      }
      const at = (await Promise.all(hashes)).findIndex(isSolution);
      if (at >= 0) finish(n + at);
    }
  };

  /* Whoever changes an answer sends it; whoever presses early is sent when it is time. */
  form.addEventListener("input", () => (sender = null));
  addEventListener(
    "submit",
    (event) => {
      if (over || event.target !== form || event.submitter?.hasAttribute("formaction")) return;
      event.preventDefault();
      event.stopPropagation();
      sender = event.submitter || button;
      told.textContent = longer;
    },
    true,
  );

  if (sender) {
    told.textContent = working;
    setTimeout(() => over || !sender || (told.textContent = longer), 6000);
  }
  setTimeout(finish, (+wait + 1) * 1000);
  work();
})();
