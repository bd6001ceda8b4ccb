// What the query may become, while it is typed. Without this script the list of the page itself is offered.
for (const box of document.querySelectorAll("input[data-suggestions]")) {
  let waiting;
  let latest = 0;
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.inputType === undefined || box.value.trim().length < 2) return; // one of the list was chosen, or too little is typed
    waiting = setTimeout(async () => {
      const asked = ++latest;
      const answer = await fetch(`${box.dataset.suggestions}?q=${encodeURIComponent(box.value)}`);
      if (answer.ok && asked === latest) box.list.innerHTML = await answer.text();
    }, 250);
  });
}
