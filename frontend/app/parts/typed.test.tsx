import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Problem } from "../../shared/api";
import { taken } from "../store/answers";
import { TextField } from "./field";
import { useTyped } from "./typed";

const known = signal("old");
const of = signal("en");
const asked: { value: string; kept: () => void; refused: () => void }[] = [];
let root: HTMLElement;

const save = (value: string) =>
  new Promise<void>((resolve, reject) => {
    asked.push({
      value,
      kept: resolve,
      refused: () => reject(new Problem(422, "invalid", "Too long")),
    });
  });

function Example() {
  const field = useTyped({
    known: known.value,
    of: of.value,
    save,
    check: (value) => (value ? undefined : "Empty"),
    why: () => "Refused",
  });
  return (
    <TextField
      label="Text"
      name="text"
      value={field.text}
      error={field.wrong}
      onInput={field.type}
      onBlur={() => void field.leave()}
    />
  );
}

const field = () => root.querySelector("input") as HTMLInputElement;
const wrong = () => root.querySelector(".field-error")?.textContent;

const type = (text: string) =>
  act(() => {
    field().value = text;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });

const leave = () => act(() => void field().dispatchEvent(new Event("blur")));
const settle = (work: () => void) =>
  act(async () => {
    work();
    await taken();
  });

beforeEach(async () => {
  known.value = "old";
  of.value = "en";
  asked.length = 0;
  root = document.createElement("main");
  document.body.append(root);
  await act(() => render(<Example />, root));
});

afterEach(() => {
  render(null, root);
  root.remove();
});

it("shows what others write, until somebody writes here", async () => {
  await act(() => {
    known.value = "theirs";
  });
  expect(field().value).toBe("theirs");
  await type("mine");
  await act(() => {
    known.value = "theirs again";
  });
  expect(field().value).toBe("mine");
});

it("saves when it is left, and a late answer does not write over what is typed on", async () => {
  await type("one ");
  await leave();
  expect(asked.map(({ value }) => value)).toEqual(["one"]);
  await type("one two");
  await settle(() => {
    known.value = "one";
    asked[0]?.kept();
  });
  expect(field().value).toBe("one two");
  await leave();
  await settle(() => {
    known.value = "ONE TWO";
    asked[1]?.kept();
  });
  expect(field().value).toBe("ONE TWO");
});

it("keeps what was refused, with the reason, until it is changed", async () => {
  await type("far too long");
  await leave();
  await settle(() => asked[0]?.refused());
  expect([field().value, wrong()]).toEqual(["far too long", "Refused"]);
  await type("short");
  expect(wrong()).toBeUndefined();
  await type("");
  await leave();
  expect(wrong()).toBe("Empty");
  expect(asked).toHaveLength(1);
});

it("says nothing of a refusal to what was typed since", async () => {
  await type("far too long");
  await leave();
  await type("short");
  await settle(() => asked[0]?.refused());
  expect([field().value, wrong()]).toEqual(["short", undefined]);
});

it("keeps the texts of one field apart", async () => {
  await type("mine");
  await act(() => {
    of.value = "de";
    known.value = "alt";
  });
  expect(field().value).toBe("alt");
  await act(() => {
    of.value = "en";
    known.value = "old";
  });
  expect(field().value).toBe("mine");
});
