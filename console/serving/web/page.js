// What the terminal's page adds to textual.js, which draws and sends: where the WebSocket is, the keys that a browser
// keeps or must get, and what is said when the console has ended.
"use strict";

const LEFT = 1000;
const FULL = 4001;
const BROKEN = 4002;
const LOOK_AGAIN = 2000;
// The front takes a megabyte at once, and a sign may need six of its bytes: a longer paste goes in pieces.
const AT_ONCE = 150000;
// A browser closes the tab, opens a window, or quits with these and Ctrl; with Alt they are the console's.
const KEPT_BY_BROWSERS = { n: "\x0e", t: "\x14", w: "\x17", q: "\x11" };

let line = null;

class Line extends WebSocket {
  constructor(address) {
    super(location.origin.replace(/^http/, "ws") + "/terminal" + address.slice(address.indexOf("?")));
    line = this;
    this.addEventListener("message", begun, { once: true });
    this.addEventListener("close", (event) => ended(event.code, event.reason));
  }

  send(message) {
    // What is typed behind the end is for nobody.
    if (this.readyState !== WebSocket.OPEN) {
      return;
    }
    if (message.length <= AT_ONCE) {
      super.send(message);
      return;
    }
    const signs = Array.from(JSON.parse(message)[1]);
    for (let start = 0; start < signs.length; start += AT_ONCE / 2) {
      super.send(JSON.stringify(["stdin", signs.slice(start, start + AT_ONCE / 2).join("")]));
    }
  }
}

window.WebSocket = Line;

function begun() {
  document.body.classList.add("-begun");
  document.querySelector(".xterm-helper-textarea")?.focus();
}

function ended(code, reason) {
  line = null;
  document.body.classList.remove("-begun");
  document.querySelector(".xterm-helper-textarea")?.blur();
  const own = [LEFT, FULL, BROKEN].includes(code) && reason;
  document.getElementById("said").textContent = own ? reason : "The line to Heard is cut. What was written is kept.";
  const again = document.getElementById("again");
  again.hidden = false;
  again.focus();
  // On a wall nobody presses a button.
  if (!own || isBoard()) {
    setTimeout(lookAgain, LOOK_AGAIN);
  }
}

function isBoard() {
  return document.body.dataset.kind === "board";
}

async function lookAgain() {
  try {
    await fetch("/alive");
    location.reload();
  } catch {
    setTimeout(lookAgain, LOOK_AGAIN);
  }
}

function typed(event) {
  const letter = event.key.toLowerCase();
  const own = event.altKey && !event.ctrlKey && !event.metaKey ? KEPT_BY_BROWSERS[letter] : undefined;
  if (own !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    line?.send(JSON.stringify(["stdin", own]));
  } else if (event.key === "F11" || (event.key === "F5" && isBoard()) || (event.ctrlKey && !event.altKey && letter === "v")) {
    // The browser's own: the whole screen, and a paste, which comes to the console in one piece.
    event.stopImmediatePropagation();
  }
}

window.addEventListener("keydown", typed, { capture: true });
window.addEventListener("beforeunload", (event) => {
  if (line !== null && !isBoard()) {
    event.preventDefault();
  }
});
window.addEventListener("DOMContentLoaded", () => {
  history.replaceState(null, "", "/");
  document.getElementById("terminal").dataset.sessionWebsocketUrl = "";
  document.getElementById("again").addEventListener("click", () => location.reload());
});
