// What a draft's lines come to while they are typed. The server reckons again, the same way (billing/models/lines.py): each
// line in whole coins, halves up, before it is added. Whole numbers (BigInt) throughout, so that nothing is lost.
const told = document.querySelector("[data-total]");
const { digits, currency, locale, saved } = told.dataset;
const inclusive = "inclusive" in told.dataset;
const places = Number(digits);
const money = new Intl.NumberFormat(locale.replaceAll("_", "-"), {
  style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places,
});

// "2.5" in thousandths is 2500n; what is no plain number counts as nothing until it is one.
const scaled = (text, zeros) => {
  const [, whole, rest = ""] = /^(\d+)(?:\.(\d*))?$/.exec((text ?? "").trim()) ?? [null, "0"];
  return BigInt(whole + rest.padEnd(zeros, "0").slice(0, zeros));
};
const halfUp = (over, under) => (2n * over + under) / (2n * under);

const comesTo = (line) => {
  const typed = (name) => line.querySelector(`[name$="-${name}"]`);
  if (typed("DELETE")?.checked) return 0n;
  const full = scaled(typed("quantity").value, 3) * scaled(typed("unit_price").value, 3);
  const off = scaled(typed("discount_percent").value, 2);
  const charged = halfUp(full * (10000n - (off > 10000n ? 10000n : off)), 10n ** BigInt(10 - places));
  if (inclusive) return charged;
  return charged + halfUp(charged * scaled(typed("tax")?.value.split(" ")[0], 3), 100000n);
};

const tell = () => {
  const total = [...document.querySelectorAll("[data-line]")].reduce((sum, line) => sum + comesTo(line), 0n);
  told.hidden = total === scaled(saved, places);
  told.querySelector("strong").textContent = money.format(Number(total) / 10 ** places);
};

told.closest("form").addEventListener("input", tell);
window.addEventListener("pageshow", tell);
