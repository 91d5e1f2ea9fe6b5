/** What a file is to the screen: its sign, its address, and whether it can be looked at. */
import type { SentFile } from "../../shared/types";
import type { IconName } from "../parts/icon";

const ICONS: Record<SentFile["kind"], IconName> = {
  image: "image",
  audio: "sound",
  video: "film",
  document: "file",
};

export const iconOf = ({ kind }: SentFile): IconName => ICONS[kind];

export const fileAddress = (chatId: string, { id }: Pick<SentFile, "id">): string =>
  `/v1/chats/${chatId}/files/${id}`;

export const isPicture = (file: SentFile | undefined): file is SentFile =>
  file !== undefined && file.kind === "image" && file.thumbnail;
