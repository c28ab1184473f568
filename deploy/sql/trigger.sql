-- What an existing database needs: every committed row of rpc_log is announced on the channel
-- rpc_log_inserted with the payload {"sig" : "<sig>"}. Runs any number of times.
--
-- The payload carries the key alone, because PostgreSQL caps it at 8000 bytes (PostgreSQL manual,
-- NOTIFY). The notification is part of the inserting transaction: it is sent if and when that
-- transaction commits, in commit order.

create or replace function herald_announce_rpc_log() returns trigger
language plpgsql as $$
begin
  perform pg_notify('rpc_log_inserted', json_build_object('sig', new.sig)::text);
  return null;
end
$$;

-- Created only where it is missing: dropping it first would leave a moment in which rows are
-- inserted unannounced.
do $$
begin
  if not exists (
    select from pg_trigger
    where tgrelid = 'rpc_log'::regclass and tgname = 'herald_rpc_log_inserted'
  ) then
    create trigger herald_rpc_log_inserted
      after insert on rpc_log
      for each row execute function herald_announce_rpc_log();
  end if;
end
$$;
