// The sheet's Print button.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
