// Django's search lists (select2) get the name of their field. Deferred, and ready after Django's own script has made them.
(() => {
  const $ = window.django?.jQuery;
  if (!$) return;
  const label = (select) => document.querySelector(`label[for="${select.id}"]`);
  const name = (select) => {
    const box = select.nextElementSibling?.querySelector("[role=combobox]");
    const chosen = box?.querySelector("[role=textbox]");
    if (!chosen || !label(select)) return;
    label(select).id ||= `${select.id}_label`;
    box.setAttribute("aria-labelledby", `${label(select).id} ${chosen.id}`);
    box.setAttribute("aria-controls", chosen.id.replace(/container$/, "results"));
    // What is chosen is read out with the box; nothing is typed into it.
    chosen.removeAttribute("role");
    chosen.removeAttribute("aria-readonly");
  };
  $(() => document.querySelectorAll("select.admin-autocomplete").forEach(name));
  $(document).on("select2:open", ({ target }) => {
    document.querySelectorAll(".select2-dropdown :is([role=searchbox], [role=listbox])")
      .forEach((part) => part.setAttribute("aria-labelledby", label(target)?.id ?? ""));
  });
})();
