// Gives the token for a cookie. It stands behind the # of the address, which no server and no proxy ever sees, and is
// taken out of the address at once.
"use strict";

const field = document.getElementById("token");
const said = document.getElementById("said");

async function enter(token) {
  said.textContent = "";
  try {
    const answer = await fetch("/enter", { method: "POST", body: token.trim() });
    if (answer.ok) {
      location.replace("/");
      return;
    }
    said.textContent = await answer.text();
  } catch {
    said.textContent = "Heard can't be reached. Is `heard serve` running?";
  }
  field.value = "";
  field.focus();
}

document.getElementById("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter(field.value);
});

function fromAddress() {
  const given = location.hash;
  if (given.startsWith("#token=")) {
    history.replaceState(null, "", "/");
    enter(given.slice("#token=".length));
  }
}

window.addEventListener("hashchange", fromAddress);
fromAddress();
