-- The least that Herald needs, for a login role of its own. Run as the owner of the tables. The
-- role is named herald unless the setting herald.role says otherwise:
--
--   PGOPTIONS='-c herald.role=gateway' psql -v ON_ERROR_STOP=1 -f grants.sql
--
-- The role has no password until one is set (in psql: \password herald). LISTEN and NOTIFY need no
-- privilege. Runs any number of times.

do $$
declare
  role_name text := coalesce(nullif(current_setting('herald.role', true), ''), 'herald');
  relation text;
begin
  if not exists (select from pg_roles where rolname = role_name) then
    execute format('create role %I login', role_name);
  end if;
  execute format('grant connect on database %I to %I', current_database(), role_name);
  execute format('grant usage on schema %I to %I', current_schema(), role_name);

  -- What Herald itself reads.
  foreach relation in array array[
    'rpc_log', 'users', 'chat_member', 'chat_message', 'chat_message_reactions', 'chat_blast',
    'chat_blocked_users', 'chat_permissions', 'chat_ban', 'user_pubkeys'
  ] loop
    execute format('grant select on %I to %I', relation, role_name);
  end loop;

  -- What the two functions read: they run with their caller's privileges.
  foreach relation in array array[
    'follows', 'user_tips', 'tracks', 'remixes', 'usdc_purchases',
    'artist_coins', 'sol_user_balances'
  ] loop
    execute format('grant select on %I to %I', relation, role_name);
  end loop;
  execute format('grant execute on function chat_allowed(integer, integer) to %I', role_name);
  execute format('grant execute on function chat_blast_audience(text) to %I', role_name);

  -- The one thing that it writes.
  execute format('grant insert on user_pubkeys to %I', role_name);
end
$$;
