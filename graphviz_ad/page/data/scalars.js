// Where a graph has no arrays: the little of arrays.js that is asked for all the same.

function entry(a) { return a; }
function isArray() { return false; }
function plainOf(value) { return typeof value === "string" ? NAMED[value] : value; }
function plusOf(a, b) { return a + b; }
function every(a, test) { return test(a); }
function shapeOf() { return []; }
const jacobianOf = new Map();
function computeArrays() {}
function arrayText() {}
function arrayMath() {}
function arrayTable() {}
function matrixRow() {}
