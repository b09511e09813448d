/** The files of tool requests, by the conversation that they stay in. */
import { z } from 'zod';
import { imageTypes, type ToolFile } from '../../workflows/contract/tools/files.ts';
import type { Database } from '../database/database.ts';
import type { ToolRequestRow } from './tool-request-row.ts';

const ImageTypeSchema = z.enum(imageTypes).nullable();

/** A file, and the turn that it came with. */
export interface ConversationFile extends ToolFile {
  readonly turn: number;
}

export interface ToolFiles {
  /** The files of a conversation up to and with this turn, oldest first. */
  ofConversation(request: Pick<ToolRequestRow, 'conversationId' | 'turn'>): Promise<readonly ConversationFile[]>;
}

export function createToolFiles(database: Database): ToolFiles {
  return {
    async ofConversation({ conversationId, turn }) {
      const rows = await database
        .selectFrom('tool_files')
        .innerJoin('tool_requests', 'tool_requests.id', 'tool_files.request_id')
        .select(['tool_files.name', 'tool_files.bytes', 'tool_files.sha256', 'tool_files.image_type'])
        .select('tool_requests.turn')
        .where('tool_requests.conversation_id', '=', conversationId)
        .where('tool_requests.turn', '<=', turn)
        .orderBy('tool_requests.turn')
        .orderBy('tool_files.name')
        .execute();
      return rows.map(({ name, bytes, sha256, image_type: type, turn: ofTurn }) => ({
        name,
        bytes,
        sha256,
        imageType: ImageTypeSchema.parse(type),
        turn: ofTurn,
      }));
    },
  };
}
