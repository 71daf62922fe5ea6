CREATE TABLE profiles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE posts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX posts_profile_id_idx ON posts (profile_id);

CREATE TABLE photos (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX photos_profile_id_idx ON photos (profile_id);

CREATE TABLE friends (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX friends_profile_id_idx ON friends (profile_id);

CREATE TABLE likes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX likes_profile_id_idx ON likes (profile_id);

CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX messages_profile_id_idx ON messages (profile_id);

CREATE TABLE groups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX groups_profile_id_idx ON groups (profile_id);

CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profiles
);

CREATE INDEX visits_profile_id_idx ON visits (profile_id);
