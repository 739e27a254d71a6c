'use strict';
// dom.js: changes the document. Names and texts come from other programs. Therefore
// they are only set as textContent.

const byId = (id) => document.getElementById(id);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
function append(parent, tag, className, text) {
  const element = make(tag, className, text);
  parent.append(element);
  return element;
}
function appendButton(parent, className, text, onClick) {
  const button = append(parent, 'button', className, text);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

// These change the document only if the value is new.
function setText(element, text) {
  if (element.shown !== text) element.textContent = element.shown = text;
}
function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}
function setVariable(element, name, value) {
  if (element[name] !== value) element.style.setProperty(name, element[name] = value);
}
function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

// Adds the rates of successes, failures, rejections and fallbacks. Returns a function
// that sets them. Fallbacks are shown only if there are any.
function makeRates(parent) {
  const keys = [['success', 'ok'], ['failure', 'failed'], ['rejected', 'rejected'], ['fallback', 'by fallback']].map(([kind, text]) => {
    const key = append(parent, 'span', 'key ' + kind);
    key.number = append(key, 'b', '', '0');
    key.append('/s ' + text);
    return key;
  });
  return (rates) => {
    rates.forEach((rate, i) => setText(keys[i].number, rateText(rate)));
    setHidden(keys[3], rates[3] === 0);
  };
}

// Returns a list item. If `named` is true, it names the process and the breaker.
function makeEvent(event, named) {
  const item = make('li', 'event ' + (event.to === undefined ? event.type : event.to));
  const head = append(item, 'div');
  const {breaker, process} = event;
  append(head, 'time', '', clockText(event.wall));
  append(head, 'b', '', named && breaker ? breaker.shortName : eventTitle(event));
  if (named && breaker) head.append(' ' + eventTitle(event).toLowerCase());
  if (named) append(head, 'span', 'of', process.label);
  append(item, 'p', '', eventText(event, breaker ? breaker.name.method : ''));
  return item;
}
