// Chooses all, counts the chosen, and fetches what a revision is in short when it is unfolded. The page works without it.
(function () {
  "use strict";
  const all = document.getElementById("choose-all");
  const boxes = Array.from(document.querySelectorAll(".queue-form input[name=revision]"));
  const chosen = document.getElementById("chosen");
  function count() {
    const number = boxes.filter((one) => one.checked).length;
    chosen.textContent = number ? chosen.dataset.words.replace("{count}", number) : "";
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  }
  if (all) {
    all.closest(".choose-all").hidden = false;
    all.addEventListener("change", () => { boxes.forEach((one) => { one.checked = all.checked; }); count(); });
    boxes.forEach((one) => one.addEventListener("change", count));
  }
  document.querySelectorAll("details[data-summary]").forEach((one) => one.addEventListener("toggle", async () => {
    const place = one.querySelector("div");
    if (!one.open || place.childElementCount) return;
    const answer = await fetch(one.dataset.summary, { credentials: "same-origin" });
    if (answer.ok) place.innerHTML = await answer.text();
    else window.location = one.dataset.summary.replace(/\/ringkas$/, "");
  }));
})();
