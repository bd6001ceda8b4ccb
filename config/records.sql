-- The record of decisions and the ledger of protected tables belong to a role nobody logs in as: the portal may read and add, and nothing else.
--
--   psql --set application=ckan --file records.sql ckan        (as superuser, on the catalogue's database; may be repeated)
--
-- The portal's role is no longer owner of the database either, since an owner may drop what others keep in it. Every later
-- `ckan db upgrade` calls the function below, so that what a new release adds is handed over too.

SELECT 'CREATE ROLE satudata_records NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'satudata_records') \gexec
REVOKE satudata_records FROM :"application";

SELECT format('ALTER DATABASE %I OWNER TO satudata_records', current_database()) \gexec
SELECT format('GRANT ALL ON DATABASE %I TO %I WITH GRANT OPTION', current_database(), :'application') \gexec
ALTER SCHEMA public OWNER TO satudata_records;
GRANT ALL ON SCHEMA public TO :"application" WITH GRANT OPTION;

CREATE OR REPLACE FUNCTION public.ntbsatudata_keep_records() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept record;
    maker name;
BEGIN
    FOR kept IN SELECT oid, relname, relowner FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname IN ('ntbsatudata_curation_record', 'ntbsatudata_ledger')
    LOOP
        maker := pg_get_userbyid(kept.relowner);
        CONTINUE WHEN maker = 'satudata_records';
        EXECUTE format('ALTER TABLE public.%I OWNER TO satudata_records', kept.relname);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', kept.relname);
        EXECUTE format('REVOKE ALL ON public.%I FROM %I', kept.relname, maker);
        EXECUTE format('GRANT SELECT, INSERT ON public.%I TO %I', kept.relname, maker);
    END LOOP;
    FOR kept IN SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pronargs = 0
        AND proname IN ('ntbsatudata_append_only', 'ntbsatudata_ledger_append_only')
    LOOP
        EXECUTE format('ALTER FUNCTION public.%I() OWNER TO satudata_records', kept.proname);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION public.ntbsatudata_keep_records() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ntbsatudata_keep_records() TO :"application";
SELECT public.ntbsatudata_keep_records() \g /dev/null
