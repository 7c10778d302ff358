package rest

import (
	"encoding/base64"
	"hash/crc32"
	"net/http"
	"reflect"
	"regexp"
	"strconv"

	"ai-serving/sandbox/rules"
)

var (
	secretID = Rules.Add(rules.Rule{
		Name: "gcp/secret/id", Asks: "The id of a secret is letters, digits, hyphens and underscores, 255 at most.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "discovery document secretmanager v1: projects.secrets.create, secretId",
	})
	secretPlace = Rules.Add(rules.Rule{
		Name: "gcp/secret/replication", Asks: "A secret is replicated automatically, or to regions that there are, each once.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "cloud.google.com/secret-manager/docs/choosing-replication; google-beta's resource_secret_manager_secret.go, replication is required",
	})
	secretKept = Rules.Add(rules.Rule{
		Name: "gcp/secret/replication-kept", Asks: "A secret keeps its replication.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "discovery document secretmanager v1: Secret.replication",
	})
	secretSize = Rules.Add(rules.Rule{
		Name: "gcp/secret-version/size", Asks: "A version has a value, of 64 KiB at most.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "discovery document secretmanager v1: SecretPayload.data (that an empty one is refused is inferred)",
	})
	secretSum = Rules.Add(rules.Rule{
		Name: "gcp/secret-version/checksum", Asks: "A value is that of its checksum, where it comes with one.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "discovery document secretmanager v1: SecretPayload.dataCrc32c",
	})
	versionUsable = Rules.Add(rules.Rule{
		Name: "gcp/secret-version/state", Asks: "A version is read while it is enabled, and changed until it is destroyed.",
		Status: http.StatusBadRequest, Code: "failedPrecondition",
		Source: "cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions#State",
	})
)

const maxSecretBytes = 64 << 10

var secretIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// prepareSecret checks a new secret's id and its replication, which is kept.
func prepareSecret(r *request, next object) error {
	if id := lastSegment(r.key); !secretIDForm.MatchString(id) {
		return secretID.Refuse("The provided Secret ID [%s] does not match the expected format [[a-zA-Z_0-9]+]", id)
	}
	before, _ := r.old["replication"].(object)
	now, _ := next["replication"].(object)
	if before != nil && !reflect.DeepEqual(before, now) {
		return secretKept.Refuse("The replication policy of a secret cannot be changed.")
	}
	managed, byUser := now["userManaged"].(object)
	_, automatic := now["automatic"].(object)
	if byUser == automatic {
		return secretPlace.Refuse("The replication policy must be automatic or user-managed.")
	}
	seen := map[string]bool{}
	replicas := objects(managed["replicas"])
	for _, replica := range replicas {
		place := text(replica, "location")
		if regions[place] == "" || seen[place] {
			return secretPlace.Refuse("The location '%s' of a replica is not valid.", place)
		}
		seen[place] = true
	}
	if byUser && len(replicas) == 0 {
		return secretPlace.Refuse("A user-managed replication policy has replicas.")
	}
	return nil
}

// valueKey is where the value of a version is stored, which only an access tells.
func valueKey(version string) string { return version + "/value" }

// addVersion gives a secret another value, with the next number.
func (r *request) addVersion() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	payload, _ := r.body["payload"].(object)
	value, err := base64.StdEncoding.DecodeString(text(payload, "data"))
	if err != nil || len(value) == 0 || len(value) > maxSecretBytes {
		return nil, secretSize.Refuse("Secret Payload: the data must be base64 of 1 to %d bytes.", maxSecretBytes)
	}
	sum := strconv.FormatUint(uint64(crc32.Checksum(value, crc32.MakeTable(crc32.Castagnoli))), 10)
	if told := text(payload, "dataCrc32c"); told != "" && told != sum {
		return nil, secretSum.Refuse("Received data's checksum is not %s.", told)
	}
	key := r.key + "/versions/"
	number := 1
	for r.tx.Has(key + strconv.Itoa(number)) {
		number++
	}
	key += strconv.Itoa(number)
	if err := r.tx.Put(valueKey(key), object{"data": text(payload, "data"), "dataCrc32c": sum}); err != nil {
		return nil, err
	}
	version := object{"name": key, "createTime": timestamp(), "state": "ENABLED", "etag": fingerprint()}
	if r.body["payload"].(object)["dataCrc32c"] != nil {
		version["clientSpecifiedPayloadChecksum"] = true
	}
	return version, r.tx.Put(key, version)
}

// accessVersion tells the value.
func (r *request) accessVersion() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	if state := text(r.old, "state"); state != "ENABLED" {
		return nil, versionUsable.Refuse("Secret Version [%s] is in %s state.", r.key, state)
	}
	value := object{}
	_, err := r.tx.Get(valueKey(r.key), &value)
	return object{"name": r.key, "payload": value}, err
}

func (r *request) setVersionState(state string) (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	if text(r.old, "state") == "DESTROYED" {
		return nil, versionUsable.Refuse("Secret Version [%s] is in DESTROYED state.", r.key)
	}
	next := clone(r.old)
	next["state"] = state
	if state == "DESTROYED" {
		next["destroyTime"] = timestamp()
	}
	return r.put(next)
}

// destroyVersion removes the value. The version stays, and its number with it.
func (r *request) destroyVersion() (any, error) {
	version, err := r.setVersionState("DESTROYED")
	if err != nil {
		return nil, err
	}
	return version, r.tx.Delete(valueKey(r.key))
}
