"""Addresses of the project."""

from accounts import views
from django.urls import path

urlpatterns = [
    path("", views.home),
    path("me", views.me),
    path("leave", views.leave),
    path("api/me", views.ApiMe.as_view()),
]
