/** The editor of the request: CodeMirror with JSON, its errors, and completion. */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, linter } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions, type Known } from "./completion.js";

export interface Editor {
  text(): string;
  /** Only what differs is changed, so that the cursor stays where it is and undoing works. */
  setText(text: string): void;
  /** Places count from 1, as in the errors of the server. */
  goTo(line: number, column: number): void;
}

export interface EditorOptions {
  parent: HTMLElement;
  known(): Known;
  onChange(): void;
  onRun(): void;
}

export function createEditor({ parent, known, onChange, onRun }: EditorOptions): Editor {
  const run = () => {
    onRun();
    return true;
  };
  // In a shadow tree, CodeMirror adopts its style sheets. In the document it would make a style element, which the
  // Content-Security-Policy forbids.
  const root = parent.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    extensions: [
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run },
          { key: "Tab", run: acceptCompletion },
        ]),
      ),
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      typingOverSelections,
      highlightActiveLine(),
      EditorView.lineWrapping,
      autocompletion({ override: [(context) => complete(context, known())], icons: false, maxRenderedOptions: 60 }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      json(),
      linter(jsonParseLinter(), { delay: 400 }),
      syntaxHighlighting(COLOURS),
      THEME,
      EditorState.tabSize.of(2),
      EditorView.contentAttributes.of({ "aria-label": "Search request, in JSON", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange();
      }),
    ],
  });

  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      const old = view.state.doc.toString();
      if (old !== text) view.dispatch({ changes: difference(old, text) });
    },
    goTo(line, column) {
      const found = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const anchor = Math.min(found.from + Math.max(column - 1, 0), found.to);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
  };
}

function difference(old: string, text: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old[start] === text[start]) start++;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
  return { from: start, to: old.length - end, insert: text.slice(start, text.length - end) };
}

function complete(context: CompletionContext, known: Known): CompletionResult | null {
  const text = context.state.doc.toString();
  const found = completions(text, context.pos, known);
  if (found === undefined || found.candidates.length === 0) return null;
  // Between words it is only offered when it is asked for.
  if (found.from === found.to && !context.explicit) return null;
  const options = found.candidates.map(({ label, detail, info }, rank) => ({
    label,
    detail,
    ...(info !== undefined && { info }),
    boost: -rank / 10,
    apply,
  }));
  return { from: context.pos - found.typed.length, options };

  /** The text may have changed since the candidates were offered, so the place is found again. */
  function apply(view: EditorView, completion: Completion): void {
    const now = completions(view.state.doc.toString(), view.state.selection.main.head, known);
    const chosen = now?.candidates.find((candidate) => candidate.label === completion.label);
    if (now === undefined || chosen === undefined) return;
    view.dispatch({
      changes: { from: now.from, to: now.to, insert: chosen.insert },
      selection: { anchor: now.from + chosen.cursor },
      userEvent: "input.complete",
      scrollIntoView: true,
    });
    // The cursor is between quotes: the next word can be completed as well.
    if (chosen.insert[chosen.cursor - 1] === '"' && chosen.cursor < chosen.insert.length) startCompletion(view);
  }
}

/**
 * Typing over a selection. Chromium would delete the selected lines itself and keep their colours by inline styles, which the
 * Content-Security-Policy forbids, before CodeMirror could repair them.
 */
const typingOverSelections = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || empty) return false;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    return true;
  },
});

/** The colours are variables of the page, which has a light and a dark theme. */
const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

const THEME = EditorView.theme({
  "&": {
    backgroundColor: "var(--field)",
    color: "var(--ink)",
    fontSize: "var(--code-size)",
    borderRadius: "var(--radius)",
  },
  "&.cm-focused, &:focus-within": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", minHeight: "9rem", maxHeight: "40vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.75", marginLeft: "1em" },
  ".cm-tooltip.cm-completionInfo": { padding: "0.5rem 0.7rem", maxWidth: "20rem", fontFamily: "var(--sans)" },
});
