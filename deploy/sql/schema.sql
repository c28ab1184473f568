-- The platform's tables and functions that Herald reads, for a fresh database. An existing
-- database has them already and needs trigger.sql alone: this file would put its own versions of
-- the two functions in place of those. Runs any number of times; it never changes a table that is
-- there.
--
-- Columns of type timestamp hold UTC, whatever the time zone of the server or the session.

-- People and what binds them ------------------------------------------------------------------

create table if not exists users (
  user_id integer not null,
  is_current boolean not null default true,
  txhash varchar not null default '',
  blockhash text not null default '',
  blocknumber integer not null default 0,
  handle varchar,
  handle_lc varchar generated always as (lower(handle)) stored,
  wallet varchar,
  name text,
  is_verified boolean not null default false,
  is_available boolean not null default true,
  is_deactivated boolean not null default false,
  is_storage_v2 boolean not null default true,
  allow_ai_attribution boolean not null default false,
  created_at timestamp not null default (now() at time zone 'utc'),
  updated_at timestamp not null default (now() at time zone 'utc'),
  primary key (user_id, is_current, txhash)
);
create index if not exists users_wallet_idx on users (wallet);

create table if not exists user_pubkeys (
  user_id integer primary key,
  pubkey_base64 text not null
);

create table if not exists follows (
  follower_user_id integer not null,
  followee_user_id integer not null,
  is_current boolean not null default true,
  is_delete boolean not null default false,
  created_at timestamp not null default (now() at time zone 'utc')
);
create unique index if not exists follows_current_idx
  on follows (follower_user_id, followee_user_id) where is_current;
create index if not exists follows_followee_idx on follows (followee_user_id);

create table if not exists user_tips (
  slot integer not null default 0,
  signature varchar not null default gen_random_uuid()::text,
  sender_user_id integer not null,
  receiver_user_id integer not null,
  amount bigint not null default 0,
  created_at timestamp not null default (now() at time zone 'utc'),
  primary key (slot, signature)
);
create index if not exists user_tips_sender_idx on user_tips (sender_user_id);
create index if not exists user_tips_receiver_idx on user_tips (receiver_user_id);

create table if not exists tracks (
  track_id integer primary key,
  owner_id integer not null,
  created_at timestamp not null default (now() at time zone 'utc')
);
create index if not exists tracks_owner_idx on tracks (owner_id);

create table if not exists remixes (
  parent_track_id integer not null,
  child_track_id integer not null,
  primary key (parent_track_id, child_track_id)
);

do $$
begin
  create type usdc_purchase_content_type as enum ('track', 'playlist', 'album');
exception
  when duplicate_object then null;
end
$$;

create table if not exists usdc_purchases (
  slot integer not null default 0,
  signature varchar not null default gen_random_uuid()::text,
  buyer_user_id integer not null,
  seller_user_id integer not null,
  amount bigint not null default 0,
  content_type usdc_purchase_content_type not null,
  content_id integer not null,
  created_at timestamp not null default (now() at time zone 'utc'),
  primary key (slot, signature)
);
create index if not exists usdc_purchases_seller_idx on usdc_purchases (seller_user_id);

create table if not exists artist_coins (
  mint varchar primary key,
  user_id integer not null
);
create index if not exists artist_coins_user_idx on artist_coins (user_id);

create table if not exists sol_user_balances (
  user_id integer not null,
  mint varchar not null,
  balance bigint not null default 0,
  created_at timestamp not null default (now() at time zone 'utc'),
  primary key (user_id, mint)
);
create index if not exists sol_user_balances_mint_idx on sol_user_balances (mint);

-- Chats ---------------------------------------------------------------------------------------

create table if not exists chat (
  chat_id text primary key,
  created_at timestamp not null,
  last_message_at timestamp not null,
  last_message text,
  last_message_is_plaintext boolean default false
);

create table if not exists chat_member (
  chat_id text not null references chat (chat_id),
  user_id integer not null,
  invited_by_user_id integer not null,
  invite_code text not null default '',
  created_at timestamp not null,
  cleared_history_at timestamp,
  last_active_at timestamp,
  unread_count integer not null default 0,
  is_hidden boolean not null default false,
  primary key (chat_id, user_id)
);
create index if not exists chat_member_user_idx on chat_member (user_id);

create table if not exists chat_blast (
  blast_id text primary key,
  from_user_id integer not null,
  audience text not null,
  audience_content_id integer,
  audience_content_type text,
  plaintext text not null,
  created_at timestamptz not null default now()
);
create index if not exists chat_blast_from_user_idx on chat_blast (from_user_id);

create table if not exists chat_message (
  message_id text primary key,
  chat_id text not null references chat (chat_id),
  user_id integer not null,
  created_at timestamp not null,
  ciphertext text,
  blast_id text,
  check (ciphertext is not null or blast_id is not null)
);
create index if not exists chat_message_chat_idx on chat_message (chat_id);

create table if not exists chat_message_reactions (
  user_id integer not null,
  message_id text not null references chat_message (message_id),
  reaction text not null,
  created_at timestamp not null,
  updated_at timestamp not null,
  primary key (user_id, message_id)
);

create table if not exists chat_permissions (
  user_id integer not null,
  permits text not null,
  allowed boolean not null default true,
  updated_at timestamp not null default (now() at time zone 'utc'),
  primary key (user_id, permits)
);

create table if not exists chat_blocked_users (
  blocker_user_id integer not null,
  blockee_user_id integer not null,
  created_at timestamp not null default (now() at time zone 'utc'),
  primary key (blocker_user_id, blockee_user_id)
);

create table if not exists chat_ban (
  user_id integer primary key,
  is_banned boolean not null,
  updated_at timestamp not null default (now() at time zone 'utc')
);

-- The log of signed operations ----------------------------------------------------------------

-- json, not jsonb: the signed text has to stay as it was signed.
create table if not exists rpc_log (
  sig text primary key,
  rpc json not null,
  from_wallet text not null,
  relayed_by text not null,
  relayed_at timestamp not null,
  applied_at timestamp not null
);
create index if not exists rpc_log_applied_at_idx on rpc_log using brin (applied_at);
create index if not exists rpc_log_relayed_idx on rpc_log (relayed_by, relayed_at);

-- Who may write to whom, and who hears a blast ------------------------------------------------

-- Whether from_user_id may message to_user_id. Blocking in either direction outweighs all else;
-- a receiver who has set nothing is open to everybody; a conversation that goes on stays open.
create or replace function chat_allowed(from_user_id integer, to_user_id integer) returns boolean
language sql stable as $$
  select
    not exists (
      select from chat_blocked_users b
      where (b.blocker_user_id = $1 and b.blockee_user_id = $2)
         or (b.blocker_user_id = $2 and b.blockee_user_id = $1)
    )
    and (
      not exists (select from chat_permissions p where p.user_id = $2)
      or exists (
        select
        from chat_member receiver
        join chat_member sender on sender.chat_id = receiver.chat_id and sender.user_id = $1
        join chat_message m on m.chat_id = receiver.chat_id
        where receiver.user_id = $2
          and (receiver.cleared_history_at is null or m.created_at > receiver.cleared_history_at)
      )
      or exists (
        select from chat_permissions p
        where p.user_id = $2
          and p.allowed
          and case p.permits
            when 'all' then true
            when 'followees' then exists (
              select from follows f
              where f.follower_user_id = $2 and f.followee_user_id = $1
                and f.is_current and not f.is_delete)
            when 'followers' then exists (
              select from follows f
              where f.follower_user_id = $1 and f.followee_user_id = $2
                and f.is_current and not f.is_delete)
            when 'tippees' then exists (
              select from user_tips t where t.sender_user_id = $2 and t.receiver_user_id = $1)
            when 'tippers' then exists (
              select from user_tips t where t.sender_user_id = $1 and t.receiver_user_id = $2)
            when 'verified' then exists (
              select from users u where u.user_id = $1 and u.is_current and u.is_verified)
            else false
          end
      )
    )
$$;

-- The audience of one blast, each user once, without the sender; nothing for an unknown blast.
-- One plain query without sorting of followers, so that PostgreSQL puts it into the caller's
-- statement and a cursor reads a large audience as a stream.
create or replace function chat_blast_audience(blast_id_param text)
returns table (blast_id text, to_user_id integer)
language sql stable as $$
  select b.blast_id, a.user_id
  from chat_blast b
  cross join lateral (
    select f.follower_user_id as user_id
    from follows f
    where b.audience = 'follower_audience'
      and f.followee_user_id = b.from_user_id
      and f.is_current and not f.is_delete
      and f.created_at < b.created_at at time zone 'utc'
    union all
    select distinct t.sender_user_id
    from user_tips t
    where b.audience = 'tipper_audience'
      and t.receiver_user_id = b.from_user_id
      and t.created_at < b.created_at at time zone 'utc'
    union all
    select distinct remix.owner_id
    from tracks original
    join remixes r on r.parent_track_id = original.track_id
    join tracks remix on remix.track_id = r.child_track_id
    where b.audience = 'remixer_audience'
      and original.owner_id = b.from_user_id
      and (b.audience_content_id is null
        or (b.audience_content_type = 'track' and b.audience_content_id = original.track_id))
    union all
    select distinct p.buyer_user_id
    from usdc_purchases p
    where b.audience = 'customer_audience'
      and p.seller_user_id = b.from_user_id
      and (b.audience_content_id is null
        or (b.audience_content_type = p.content_type::text
          and b.audience_content_id = p.content_id))
    union all
    select distinct s.user_id
    from artist_coins c
    join sol_user_balances s on s.mint = c.mint
    where b.audience = 'coin_holder_audience'
      and c.user_id = b.from_user_id
      and s.balance > 0
  ) a
  where b.blast_id = $1 and a.user_id <> b.from_user_id
$$;
