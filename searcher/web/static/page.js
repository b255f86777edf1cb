// What the page can do beyond links and forms: it answers as one types, shows TeX as math, lets one drag over years, copies
// BibTeX, and hears keys. Without it everything can be reached by links and the form.

const byId = (id) => document.getElementById(id);
const form = byId("search");
const box = byId("q");
const PAUSE_MS = 90;

let asking = null; // what is being fetched
let timer = 0;

// Math

const FORMULA = /\$\$([^$]+)\$\$|\$([^$\n]+)\$|\\\(([^]+?)\\\)/g;

function setMath(root) {
  if (!window.katex) return;
  for (const element of root.querySelectorAll(".tex")) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (/[$\\]/.test(walker.currentNode.data)) texts.push(walker.currentNode);
    texts.forEach(setMathIn);
  }
}

function setMathIn(text) {
  const parts = [];
  let last = 0;
  for (const match of text.data.matchAll(FORMULA)) {
    const formula = match[1] ?? match[2] ?? match[3];
    const span = document.createElement("span");
    try {
      window.katex.render(formula, span, { throwOnError: true, trust: false, maxExpand: 100, maxSize: 10, strict: "ignore" });
    } catch {
      continue; // left as it was written
    }
    parts.push(text.data.slice(last, match.index), span);
    last = match.index + match[0].length;
  }
  if (parts.length) text.replaceWith(...parts, text.data.slice(last));
}

// Another search on the same page

function addressOf(data) {
  const pairs = [...new FormData(data)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(pairs).toString();
  return query ? `/?${query}` : "/";
}

async function go(address, { history: how = "push", scroll = true } = {}) {
  asking?.abort();
  const own = (asking = new AbortController());
  byId("found").classList.add("waiting");
  try {
    const response = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    show(page);
    if (how === "push") history.pushState(null, "", address);
    if (how === "replace") history.replaceState(null, "", address);
    if (scroll) window.scrollTo(0, 0);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(address); // let the browser say what is wrong
  } finally {
    if (asking === own) byId("found").classList.remove("waiting");
  }
}

function show(page) {
  const isOpen = byId("narrow")?.open;
  document.title = page.title;
  const feed = document.querySelector('link[rel="alternate"]');
  const newFeed = page.querySelector('link[rel="alternate"]');
  if (feed && newFeed) feed.replaceWith(newFeed);
  for (const id of ["kept", "found"]) {
    const part = page.getElementById(id);
    if (part) byId(id).replaceWith(part);
  }
  if (byId("narrow") && isOpen !== undefined) byId("narrow").open = isOpen;
  if (document.activeElement !== box) box.value = page.getElementById("q")?.value ?? box.value;
  furnish();
  say(byId("total")?.textContent ?? "");
}

function say(text) {
  byId("said").textContent = text;
}

let typed = box.value;
box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (box.value.trim() === typed.trim() || !byId("narrow")) return;
    typed = box.value;
    for (const hidden of byId("kept").querySelectorAll('[name="page"]')) hidden.remove();
    go(addressOf(form), { history: "replace", scroll: false });
    complete(box.value);
  }, PAUSE_MS);
});

form.addEventListener("submit", (event) => {
  if (!byId("narrow")) return; // on a paper's page
  event.preventDefault();
  clearTimeout(timer);
  typed = box.value;
  go(addressOf(form));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.live");
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  if (!byId("narrow")) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});

window.addEventListener("popstate", () => {
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  typed = box.value;
  go(location.pathname + location.search, { history: "none", scroll: false });
});

async function complete(query) {
  if (query.trim().length < 2) return;
  const response = await fetch(`/api/suggest?${new URLSearchParams({ q: query.slice(0, 200) })}`).catch(() => null);
  if (!response?.ok || box.value !== query) return;
  const { completions } = await response.json();
  byId("completions").replaceChildren(...completions.map((each) => new Option(each, each)));
}

// The histogram

function furnishHistogram() {
  const histogram = byId("histogram");
  if (!histogram) return;
  const years = [...histogram.querySelectorAll("a")];
  let start = null;
  let hasMoved = false;

  const at = (event) => {
    const { left, width } = histogram.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * years.length);
    return Math.min(years.length - 1, Math.max(0, place));
  };
  const range = (event) => [start, at(event)].sort((one, other) => one - other);

  histogram.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    start = at(event);
    hasMoved = false;
  });
  histogram.addEventListener("dragstart", (event) => event.preventDefault());
  histogram.addEventListener("pointermove", (event) => {
    if (start === null) return;
    if (at(event) !== start && !hasMoved) {
      hasMoved = true;
      histogram.setPointerCapture(event.pointerId);
    }
    const [first, last] = range(event);
    years.forEach((year, n) => year.classList.toggle("dragged", hasMoved && first <= n && n <= last));
  });
  histogram.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [first, last] = range(event);
    start = null;
    if (!hasMoved) return; // a click, on the link
    form.elements.namedItem("from").value = years[first].dataset.year;
    form.elements.namedItem("to").value = years[last].dataset.year;
    go(addressOf(form));
  });
  histogram.addEventListener("pointercancel", () => (start = null));
  histogram.addEventListener(
    "click",
    (event) => {
      if (!hasMoved) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

// Long facets

function furnishFacets() {
  for (const facet of document.querySelectorAll(".facet")) {
    const rest = facet.querySelectorAll(".rest").length;
    if (!rest) continue;
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = `${rest} more`;
    more.addEventListener("click", () => {
      facet.classList.add("whole");
      more.remove();
    });
    facet.append(more);
  }
}

// BibTeX

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.bibtex");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(response.statusText);
    await navigator.clipboard.writeText(await response.text());
    link.textContent = "Copied";
    say("BibTeX copied");
    setTimeout(() => (link.textContent = "BibTeX"), 1500);
  } catch {
    location.assign(link.href); // shown, to be copied by hand
  }
});

// Keys

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && event.target === box) box.blur();
  if (isTyping) {
    if (event.key === "ArrowDown" && event.target === box && !byId("completions").options.length) move(1, event);
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "j") move(1, event);
  else if (event.key === "k") move(-1, event);
});

function move(step, event) {
  const titles = [...document.querySelectorAll(".hit > :first-child > a")];
  const now = document.activeElement?.closest?.(".hit");
  const place = titles.findIndex((title) => now?.contains(title));
  const next = titles[place < 0 ? (step > 0 ? 0 : titles.length - 1) : place + step];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.closest(".hit").scrollIntoView({ block: "center" });
}

function furnish() {
  furnishHistogram();
  furnishFacets();
  setMath(document);
}

if (window.matchMedia("(max-width: 46rem)").matches && byId("narrow")) byId("narrow").open = false;
furnish();
if (!byId("q").value && location.pathname === "/" && !location.search) box.focus();
