import { api, Message } from "../api";

export interface MessageList {
  messages: Message[];
  cursor: string | null;
  loading: boolean;
}

export function emptyList(): MessageList {
  return { messages: [], cursor: null, loading: false };
}

export async function loadFirst(list: MessageList): Promise<MessageList> {
  const page = await api.messages(null);
  return { ...list, messages: page.items, cursor: page.next };
}
