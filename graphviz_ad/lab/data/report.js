(() => {
"use strict";
const frames = JSON.parse(document.getElementById("frames").textContent);
const slider = document.getElementById("moment"), state = document.getElementById("state");
const marks = document.querySelectorAll(".marks line"), button = document.getElementById("play");
let playing = 0;
const image = document.getElementById("regions"), border = document.getElementById("border");
function show() {
  const one = frames[Number(slider.value)];
  image.setAttribute("src", one.image);
  border.setAttribute("d", one.border);
  state.textContent = one.told;
  slider.setAttribute("aria-valuetext", one.told);
  for (const line of marks) line.setAttribute("transform", `translate(${one.share * line.dataset.wide},0)`);
}
function stop() {
  clearInterval(playing);
  playing = 0;
  button.textContent = "Play";
}
function forward() {
  slider.value = Number(slider.value) + 1;
  show();
  if (Number(slider.value) >= frames.length - 1) stop();
}
slider.addEventListener("input", () => { stop(); show(); });
button.addEventListener("click", () => {
  if (playing) return stop();
  if (Number(slider.value) >= frames.length - 1) slider.value = -1;
  button.textContent = "Pause";
  playing = setInterval(forward, 140);
});
show();
})();
