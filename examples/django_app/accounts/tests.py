"""The project against a sandbox: found, linked, registered, refused."""

import os

from django.contrib.auth import get_user_model
from django.test import Client, TestCase

from passage_kit.sandbox import Fault, Sandbox, login


class SignInTest(TestCase):
    """Requests of users of Passage."""

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox().start()
        cls.addClassCleanup(cls.sandbox.close)
        os.environ.update(cls.sandbox.environment, PASSAGE_AUTH_URL=cls.sandbox.base_url)
        super().setUpClass()

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)

    def bearer(self, email):
        return {"Authorization": f"Bearer {login(email, settings=self.sandbox.environment)}"}

    def test_an_imported_user_and_somebody_new_are_found(self):
        anna = get_user_model().objects.create(username="anna", email="Anna@example.org")
        for address in ("/me", "/api/me"):
            answer = self.client.get(address, headers=self.bearer("anna@example.org"))
            self.assertEqual(answer.json(), {"id": anna.pk, "email": "Anna@example.org"})
        answer = self.client.get("/me", headers=self.bearer("bob@example.org"))
        self.assertEqual(answer.json()["email"], "bob@example.org")
        self.assertEqual(get_user_model().objects.count(), 2)

    def test_an_inactive_user_is_refused_and_gets_no_double(self):
        get_user_model().objects.create(username="anna", email="anna@example.org", is_active=False)
        for address in ("/me", "/api/me"):
            self.assertEqual(self.client.get(address, headers=self.bearer("anna@example.org")).status_code, 401)
        self.assertEqual(get_user_model().objects.count(), 1)

    def test_nobody_is_refused_in_json_without_a_reason(self):
        for headers in ({}, {"Authorization": "Bearer forged"}, {"Cookie": "psg_auth_token=old"}):
            self.assertEqual(self.client.get("/", headers=headers).json(), {"signed_in": False})
            for address in ("/me", "/api/me"):
                answer = self.client.get(address, headers=headers)
                self.assertEqual((answer.status_code, answer["WWW-Authenticate"]), (401, "Bearer"))
            self.assertEqual(self.client.get("/me").json(), {"code": "not_authenticated", "error": "Sign in first."})

    def test_a_cookie_changes_something_from_the_own_pages_alone(self):
        self.client.cookies["psg_auth_token"] = login("anna@example.org", settings=self.sandbox.environment)
        self.assertEqual(self.client.get("/me").status_code, 200)
        self.assertEqual(self.client.post("/leave", headers={"Origin": "http://testserver"}).status_code, 403)  # CSRF
        for origin in ({}, {"Origin": "https://evil.example"}):
            refused = self.client.post("/api/me", headers=origin)
            self.assertEqual((refused.status_code, refused.json()["code"]), (403, "origin_refused"))
        self.assertEqual(self.client.post("/api/me", headers={"Origin": "http://testserver"}).status_code, 200)

    def test_a_bearer_needs_no_origin(self):
        answer = self.client.post("/api/me", headers=self.bearer("anna@example.org"))
        self.assertEqual(answer.status_code, 200)

    def test_an_outage_is_503(self):
        headers = self.bearer("carol@example.org")
        self.sandbox.faults = [Fault("error_503")]
        try:
            for address in ("/me", "/api/me"):
                answer = self.client.get(address, headers=headers)
                self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "5"))
        finally:
            self.sandbox.faults = []
