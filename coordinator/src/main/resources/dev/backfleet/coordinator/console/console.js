// Follows the stream of events of a page and puts what has changed in its place. All text comes from the server as it shows it itself:
// nothing is worded here, except that the server is gone.
const path = document.body.dataset.stream;
const age = document.querySelector("[data-age]");
const spoken = document.querySelector("[data-spoken]");
const SPEAK_EVERY = 10_000;
const RETRY = 1_000;
const GRACE = 4_000;

let source = null;
let latest = null;
let lostAt = 0;
let spokenAt = 0;

/** Whether somebody is in this part: it stays as it is until they have left. */
function inUse(part) {
  const selection = document.getSelection();
  return part.contains(document.activeElement)
    || selection !== null && !selection.isCollapsed && selection.containsNode(part, true);
}

function show() {
  if (latest === null) {
    return;
  }
  let left = false;
  for (const next of latest.querySelectorAll("[data-live]")) {
    const part = document.querySelector(`main [data-live="${next.dataset.live}"]`);
    if (part === null || part.innerHTML === next.innerHTML && part.className === next.className) {
      continue;
    }
    if (inUse(part)) {
      left = true;
      continue;
    }
    part.className = next.className;
    part.replaceChildren(...next.cloneNode(true).childNodes);
  }
  if (!left) {
    latest = null;
  }
  speak();
}

// A screen reader is told the verdict, not each figure of it.
function speak() {
  const chip = document.querySelector("[data-live=verdict] .chip");
  const now = Date.now();
  if (chip !== null && chip.textContent !== spoken.textContent && now - spokenAt > SPEAK_EVERY) {
    if (spokenAt > 0) {
      spoken.textContent = chip.textContent;
    }
    spokenAt = now;
  }
}

function tellAge(text) {
  if (age.textContent !== text) {
    age.textContent = text;
  }
  document.body.classList.toggle("old", text !== "");
}

function tellLost() {
  // A stream that has ended after its hour is back sooner.
  if (lostAt > 0 && Date.now() - lostAt > GRACE) {
    const seconds = Math.round((Date.now() - lostAt) / 1000);
    tellAge(`As of ${seconds} s ago: the coordinator does not answer.`);
  }
}

function follow() {
  source = new EventSource(path);
  source.addEventListener("open", () => {
    lostAt = 0;
  });
  source.addEventListener("page", event => {
    latest = new DOMParser().parseFromString(JSON.parse(event.data), "text/html");
    tellAge("");
    show();
  });
  source.addEventListener("stale", event => {
    const told = JSON.parse(event.data);
    tellAge(`As of ${told.ageSeconds} s ago: ${told.reason}.`);
  });
  source.addEventListener("gone", () => {
    stop();
    tellAge("This job no longer exists.");
  });
  source.addEventListener("error", () => {
    lostAt = lostAt === 0 ? Date.now() : lostAt;
    // A browser does not try again after an answer that is no stream.
    if (source !== null && source.readyState === EventSource.CLOSED) {
      stop();
      setTimeout(restart, 5 * RETRY);
    }
  });
}

function stop() {
  if (source !== null) {
    source.close();
    source = null;
  }
}

function restart() {
  if (source === null && document.visibilityState === "visible") {
    follow();
  }
}

if (path) {
  follow();
  setInterval(() => {
    tellLost();
    show();
  }, RETRY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" ? restart() : stop());
}
