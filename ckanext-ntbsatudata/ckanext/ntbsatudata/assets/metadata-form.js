// Puts away what does not apply to the answers given, and leads to what is wrong. The form works without it.
(function () {
  "use strict";
  const form = document.querySelector(".metadata-form form[method=post]:not([action])");
  if (!form) return;
  function answers(name) {
    const inputs = form.querySelectorAll(`[name="${name}"]`);
    if (!inputs.length) return null; // asked on another page: the server knows
    return Array.from(inputs).filter((one) => !/^(radio|checkbox)$/.test(one.type) || one.checked).map((one) => one.value);
  }
  function follow() {
    for (const question of form.querySelectorAll("[data-when-field]")) {
      const given = answers(question.dataset.whenField);
      if (given === null) continue;
      const wanted = question.dataset.whenValues.split("|").map((one) => ({ True: "1", False: "2" })[one] || one);
      question.hidden = !given.some((one) => wanted.includes(one));
    }
  }
  form.addEventListener("change", follow);
  follow();
  const summary = document.querySelector(".error-summary[tabindex]");
  if (summary) summary.focus();
})();
