// Where all nodes are drawn: the little of canvas.js that is asked for all the same.

const map = {};
function isMap() { return false; }
function drawSoon() {}
function zoomMap() {}
function fitMap() {}
function bringInto() {}
function buildCanvas() {}
