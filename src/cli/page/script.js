// Search, filters, sorting, keys, theme and copying. The page reads without any of it. Text is only ever compared and counted here: nothing
// recorded is turned into markup.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (id) => document.getElementById(id);
  const words = $("words"), count = $("count"), nothing = $("nothing"), fold = $("fold"), theme = $("theme");
  const calls = [...document.querySelectorAll(".call")];
  const sections = [...document.querySelectorAll(".cassette")].map((section) => ({
    section,
    calls: [...section.querySelectorAll(".call")],
    threads: [...section.querySelectorAll(".thread")].map((thread) => ({
      thread,
      calls: [...thread.querySelectorAll(".call")],
    })),
  }));

  // What is searched, in lower case: made while the browser has nothing else to do, or when it is first needed. Labels of
  // the page and counts are no part of it, and a key is found by its beginning: its digits spell too many words.
  const texts = new Map();
  const PIECES =
    ":scope > summary > .line > :not(.tokens), :scope > summary > .gist, :scope > .body > :not(.facts, .raw), " +
    ":scope > .body > .facts > :not(.key, .copy-link)";
  const pieces = (call) => [...call.querySelectorAll(PIECES)];
  const textOf = (call) => {
    let text = texts.get(call);
    if (text === undefined) {
      text = pieces(call).map((element) => element.textContent).join("\n").toLowerCase();
      texts.set(call, text);
    }
    return text;
  };
  const keyOf = (call) => call.querySelector(".key > [data-copy]").dataset.copy;
  if ("requestIdleCallback" in window) {
    let next = 0;
    const prepare = (deadline) => {
      while (next < calls.length && deadline.timeRemaining() > 1) textOf(calls[next++]);
      if (next < calls.length) requestIdleCallback(prepare);
    };
    requestIdleCallback(prepare);
  }

  // Marks are ranges beside the document. They are made for what comes into view.
  const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
  if (marks) CSS.highlights.set("hit", marks);
  let wanted = [];
  const mark = (call) => {
    for (const element of pieces(call)) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode, text = node.data.toLowerCase();
        // A few letters change their number when they are made small, and then places would not fit.
        if (text.length !== node.data.length) continue;
        for (const word of wanted) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            marks.add(range);
          }
        }
      }
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      if (marks) mark(target);
    }
  });

  // Chips that are pressed: of one kind any of them has to fit, of several kinds all.
  const chosen = new Map();
  const has = (element, kind, value) =>
    kind === "is" ? (element.dataset.is ?? "").split(" ").includes(value) : element.dataset[kind] === value;
  const fits = (element) => {
    for (const [kind, values] of chosen) {
      if (!values.some((value) => has(element, kind, value))) return false;
    }
    return true;
  };
  const chips = [...document.querySelectorAll(".chip[data-filter]")].map((chip) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = chip.className;
    button.append(...chip.childNodes);
    Object.assign(button.dataset, chip.dataset);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.ariaPressed === "true" ? "false" : "true");
      choose();
      search();
    });
    chip.replaceWith(button);
    return button;
  });
  const choose = () => {
    chosen.clear();
    for (const { ariaPressed, dataset } of chips) {
      if (ariaPressed === "true") chosen.set(dataset.filter, [...(chosen.get(dataset.filter) ?? []), dataset.value]);
    }
  };

  // Few hits are opened, and closed again with the search.
  const FEW = 30;
  let opened = [];
  const search = () => {
    wanted = [...new Set(words.value.toLowerCase().split(/\s+/).filter(Boolean))];
    const holds = (text, key = "") =>
      wanted.every((word) => text.includes(word) || (word.length > 5 && key.startsWith(word)));
    seen.disconnect();
    if (marks) marks.clear();
    for (const call of opened) call.open = false;
    opened = [];
    const hits = [];
    let places = 0;
    const active = wanted.length > 0 || chosen.size > 0;
    for (const { section, calls, threads } of sections) {
      let any = !active || (calls.length === 0 && fits(section) && holds(section.textContent.toLowerCase()));
      for (const call of calls) {
        const hit = fits(call) && (wanted.length === 0 || holds(textOf(call), keyOf(call)));
        call.hidden = !hit;
        if (hit) hits.push(call);
        any ||= hit;
      }
      for (const { thread, calls } of threads) thread.hidden = calls.every((call) => call.hidden);
      if (any) places++;
      section.hidden = !any;
    }
    const some = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
    count.textContent = active
      ? `${hits.length.toLocaleString("en")} of ${some(calls.length, "interaction")} in ${some(places, "cassette")}`
      : "";
    for (const element of document.querySelectorAll(".overview")) element.hidden = active;
    nothing.hidden = places > 0 || !active;
    if (wanted.length === 0) return;
    if (hits.length <= FEW) {
      opened = hits.filter((call) => !call.open);
      for (const call of opened) call.open = true;
    }
    for (const call of hits) seen.observe(call);
  };
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  };
  const clear = () => {
    clearTimeout(waiting);
    words.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    choose();
    search();
  };
  words.addEventListener("input", soon);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(waiting);
    search();
    document.querySelector(".call:not([hidden]) > summary")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && event.target !== words) {
      event.preventDefault();
      words.focus();
      words.select();
    } else if (event.key === "Escape" && (words.value || chosen.size > 0)) {
      event.preventDefault();
      clear();
    } else if (event.key === "Escape") {
      words.blur();
    }
  });

  // A link leads to what it names, also where that is folded or filtered out.
  const reveal = (hash) => {
    let target;
    try {
      target = $(decodeURIComponent(hash.slice(1)));
    } catch {
      return;
    }
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    if (target.matches("details")) target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", () => reveal(location.hash));
  reveal(location.hash);

  const setLabel = () => {
    const all = calls.length > 0 && calls.every((call) => call.hidden || call.open);
    fold.textContent = all ? "Close all" : "Open all";
    return all;
  };
  fold.addEventListener("click", () => {
    const open = !setLabel();
    opened = [];
    for (const call of calls) if (!call.hidden) call.open = open;
    setLabel();
  });
  setLabel();

  // Columns of numbers begin with the largest; what is empty comes last, whichever way.
  for (const table of document.querySelectorAll(".sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const valueOf = (row) => row.cells[column]?.dataset.value ?? row.cells[column]?.textContent ?? "";
      const sort = () => {
        const down = head.ariaSort ? head.ariaSort === "ascending" : column > 0;
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: valueOf(row) }));
        rows.sort(({ value: a }, { value: b }) => {
          if (a === "" || b === "") return (a === "") - (b === "");
          const order = Number(a) - Number(b) || 0;
          const either = Number.isNaN(Number(a)) || Number.isNaN(Number(b));
          return (either ? (a < b ? -1 : a > b ? 1 : 0) : order) * (down ? -1 : 1);
        });
        table.tBodies[0].append(...rows.map(({ row }) => row));
      };
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      button.addEventListener("click", sort);
      head.append(button);
    });
  }

  // Answers laid out as Markdown, on a switch: what the page has of them in templates takes the place of the text, at first for
  // what is near the window.
  const markdown = $("markdown");
  const laidOut = new Set();
  const lay = (call) => {
    for (const template of call.querySelectorAll("template.md")) {
      if (laidOut.has(template)) continue;
      laidOut.add(template);
      const laid = document.createElement("div");
      laid.className = "md";
      laid.dir = "auto";
      laid.append(template.content.cloneNode(true));
      template.after(laid);
      template.previousElementSibling.hidden = true;
    }
    if (marks && wanted.length > 0) mark(call);
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      lay(target);
    }
  }, { rootMargin: "100%" });
  const setMarkdown = (on) => {
    markdown.setAttribute("aria-pressed", on);
    markdown.textContent = `Markdown: ${on ? "on" : "off"}`;
    near.disconnect();
    if (on) {
      for (const call of calls) near.observe(call);
      return;
    }
    for (const template of laidOut) {
      template.nextElementSibling.remove();
      template.previousElementSibling.hidden = false;
    }
    laidOut.clear();
  };
  markdown.hidden = !document.querySelector("template.md");

  const THEMES = ["system", "light", "dark"];
  const setTheme = (name) => {
    root.dataset.theme = name;
    theme.textContent = `Theme: ${name}`;
  };
  const memory = (action) => {
    // Some browsers give a page from a file nothing to remember with.
    try {
      return action(localStorage);
    } catch {
      return null;
    }
  };
  const kept = memory((store) => store.getItem("llm-cassette-theme"));
  setTheme(THEMES.includes(kept) ? kept : "system");
  theme.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    setTheme(next);
    memory((store) => store.setItem("llm-cassette-theme", next));
  });

  setMarkdown(memory((store) => store.getItem("llm-cassette-markdown")) === "on");
  markdown.addEventListener("click", () => {
    const on = markdown.getAttribute("aria-pressed") !== "true";
    setMarkdown(on);
    memory((store) => store.setItem("llm-cassette-markdown", on ? "on" : "off"));
  });

  const copy = (element, text) => {
    const label = element.textContent;
    const say = (word) => {
      element.textContent = word;
      setTimeout(() => (element.textContent = label), 1500);
    };
    if (!navigator.clipboard) return say("Not allowed");
    navigator.clipboard.writeText(text).then(() => say("Copied"), () => say("Not allowed"));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], .copy-link, a[href^='#']");
    if (!button) return;
    if (button.dataset.copy) return copy(button, button.dataset.copy);
    if (button.matches(".copy-link")) copy(button, button.href);
    else if (button.hash === location.hash) reveal(button.hash);
  });
})();
