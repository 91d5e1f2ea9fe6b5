/** Files beside what is being written: the clip that asks for them, and those that are there. */
import { useRef } from "preact/hooks";
import { Waiting } from "./file";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

export function Clip({ panel }: { panel: Panel }) {
  const { text, draft, widget } = panel;
  const input = useRef<HTMLInputElement>(null);
  const limits = widget.value?.files;
  if (!limits) return null;
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={limits.accept.join()}
        onChange={({ currentTarget }) => {
          draft.attach(currentTarget.files ?? []);
          // The same file can be chosen again.
          currentTarget.value = "";
          panel.writing.value = true;
        }}
      />
      <button
        type="button"
        class="quiet square"
        aria-label={text.t(K.attach)}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
    </>
  );
}

export function Attached({ panel }: { panel: Panel }) {
  const { files } = panel.draft;
  return (
    <ul class="attached">
      {files.value.map((file) => (
        <li key={file}>
          <Waiting panel={panel} file={file} />
        </li>
      ))}
    </ul>
  );
}
