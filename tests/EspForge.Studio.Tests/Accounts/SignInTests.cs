using System.Net;
using EspForge.Studio.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Tests.Accounts;

public sealed class SignInTests : IAsyncLifetime
{
    private StudioHost _host = null!;
    private StudioClient _admin = null!;

    public async Task InitializeAsync()
    {
        _host = await StudioHost.StartAsync();
        _admin = await _host.BootstrapAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_are_answered_alike()
    {
        var wrong = await LogInAsync("ada@example.com", "not the password");
        var unknown = await LogInAsync("nobody@example.com", "not the password");
        Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_INVALID_CREDENTIALS"), (wrong.Status, wrong.Code));
        Assert.Equal((unknown.Status, unknown.Code, unknown.Message), (wrong.Status, wrong.Code, wrong.Message));
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("nobody@example.com")]
    public async Task After_five_wrong_passwords_an_account_is_locked_whether_it_exists_or_not(string email)
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal("AUTH_INVALID_CREDENTIALS", (await LogInAsync(email, "not the password")).Code);
        var locked = await LogInAsync(email, StudioHost.Password);
        Assert.Equal((HttpStatusCode.Forbidden, "ACCOUNT_LOCKED"), (locked.Status, locked.Code));
    }

    [Fact]
    public async Task Wrong_passwords_at_once_do_not_pass_the_lockout()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => LogInAsync("ada@example.com", "not the password")));
        Assert.Equal(5, answers.Count(answer => answer.Code == "AUTH_INVALID_CREDENTIALS"));
        Assert.Equal(7, answers.Count(answer => answer.Code == "ACCOUNT_LOCKED"));
    }

    [Fact]
    public async Task A_right_password_forgets_the_wrong_ones_before_it()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++)
                await LogInAsync("ada@example.com", "not the password");
            Assert.Equal(HttpStatusCode.OK, (await LogInAsync("ada@example.com", StudioHost.Password)).Status);
        }
    }

    [Fact]
    public async Task A_refresh_token_is_good_for_one_use_and_its_second_use_closes_the_sign_in()
    {
        var first = (await LogInAsync("ada@example.com", StudioHost.Password)).Data;
        var second = (await RefreshAsync(first)).Data;
        var third = (await RefreshAsync(second)).Data;
        var client = _host.Anonymous().With(Text(third, "accessToken"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("auth/me")).Status);

        var reused = await RefreshAsync(first);
        Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_INVALID_TOKEN"), (reused.Status, reused.Code));
        Assert.Equal("AUTH_INVALID_TOKEN", (await RefreshAsync(third)).Code);
        Assert.Equal("AUTH_INVALID_TOKEN", (await client.GetAsync("auth/me")).Code);
        Assert.Equal(HttpStatusCode.OK, (await _admin.GetAsync("auth/me")).Status);
    }

    [Fact]
    public async Task Of_two_refreshes_at_once_with_the_same_token_at_most_one_succeeds()
    {
        var session = (await LogInAsync("ada@example.com", StudioHost.Password)).Data;
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RefreshAsync(session)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("AUTH_INVALID_TOKEN", answer.Code));
    }

    [Fact]
    public async Task Only_hashes_of_refresh_tokens_are_kept()
    {
        var token = Text((await LogInAsync("ada@example.com", StudioHost.Password)).Data, "refreshToken");
        var hashes = await _host.WithDatabaseAsync(db => db.RefreshTokens.Select(one => one.Hash).ToListAsync());
        Assert.DoesNotContain(token, hashes);
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{64}$", hash));
    }

    [Fact]
    public async Task Signing_out_ends_both_tokens()
    {
        var session = (await LogInAsync("ada@example.com", StudioHost.Password)).Data;
        var client = _host.Anonymous().With(Text(session, "accessToken"));
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("auth/logout")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("auth/me")).Status);
        Assert.Equal("AUTH_INVALID_TOKEN", (await RefreshAsync(session)).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("auth/logout")).Status);
    }

    [Fact]
    public async Task A_browsers_refresh_token_is_in_a_cookie_that_scripts_cannot_read()
    {
        var answer = await _host.Anonymous().PostAsync("auth/login", new { email = "ada@example.com", password = StudioHost.Password, useCookie = true });
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Data.GetProperty("refreshToken").ValueKind);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/api/v1/auth", cookie, StringComparison.OrdinalIgnoreCase);

        var pair = cookie.Split(';')[0];
        var refreshed = await _host.Anonymous().SendAsync(HttpMethod.Post, "auth/refresh", null, pair);
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.NotEqual(pair, Assert.Single(refreshed.Headers.GetValues("Set-Cookie")).Split(';')[0]);
        var again = await _host.Anonymous().SendAsync(HttpMethod.Post, "auth/refresh", null, pair);
        Assert.Equal("AUTH_INVALID_TOKEN", again.Code);
        Assert.Contains("expires=Thu, 01 Jan 1970", Assert.Single(again.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_new_password_closes_every_other_sign_in()
    {
        var other = await _host.SignInAsync("ada@example.com");
        var wrong = await _admin.PostAsync("auth/password", new { currentPassword = "not the password", newPassword = "another horse entirely" });
        Assert.Equal("AUTH_INVALID_CREDENTIALS", wrong.Code);
        var weak = await _admin.PostAsync("auth/password", new { currentPassword = StudioHost.Password, newPassword = "short" });
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_ERROR"), (weak.Status, weak.Code));

        var changed = await _admin.PostAsync("auth/password", new { currentPassword = StudioHost.Password, newPassword = "another horse entirely" });
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("auth/me")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _admin.GetAsync("auth/me")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _admin.With(Text(changed.Data, "accessToken")).GetAsync("auth/me")).Status);
        Assert.Equal("AUTH_INVALID_CREDENTIALS", (await LogInAsync("ada@example.com", StudioHost.Password)).Code);
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync("ada@example.com", "another horse entirely")).Status);
    }

    [Fact]
    public async Task A_token_that_has_ended_is_told_from_one_that_never_was_good()
    {
        var user = await _host.WithDatabaseAsync(db => db.Users.Include(one => one.Memberships).SingleAsync());
        var signIn = await _host.WithDatabaseAsync(db => db.SignIns.Select(one => one.Id).FirstAsync());
        var key = Path.Combine(_host.Folder, "keys", "access-token.key");
        var elsewhere = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        using (var folder = new DataDirectory(elsewhere))
        {
            File.Copy(key, Path.Combine(folder.KeysPath, "access-token.key"));
            var yesterday = new AccessTokens(folder, Options.Create(new AccountOptions()), new Yesterday());
            Assert.Equal("AUTH_EXPIRED_TOKEN", (await _host.Anonymous().With(yesterday.Issue(user, user.Memberships[0], signIn)).GetAsync("auth/me")).Code);
            var today = new AccessTokens(folder, Options.Create(new AccountOptions()), TimeProvider.System);
            Assert.Equal(HttpStatusCode.OK, (await _host.Anonymous().With(today.Issue(user, user.Memberships[0], signIn)).GetAsync("auth/me")).Status);
            Assert.Equal("AUTH_INVALID_TOKEN", (await _host.Anonymous().With(today.Issue(user, user.Memberships[0], Guid.NewGuid())).GetAsync("auth/me")).Code);
        }

        Directory.Delete(elsewhere, recursive: true);
        foreach (var bad in new[] { "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", $"efk_{new string('a', 43)}" })
            Assert.Equal("AUTH_INVALID_TOKEN", (await _host.Anonymous().With(bad).GetAsync("auth/me")).Code);
    }

    [Fact]
    public async Task Too_many_attempts_from_an_address_are_told_to_wait()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Accounts:AttemptsPerAddressPerMinute", "3");
        for (var i = 0; i < 3; i++)
            await host.Anonymous().PostAsync("auth/login", new { email = $"a{i}@example.com", password = "not the password" });
        var limited = await host.Anonymous().PostAsync("auth/login", new { email = "b@example.com", password = "not the password" });
        Assert.Equal((HttpStatusCode.TooManyRequests, "RATE_LIMITED"), (limited.Status, limited.Code));
        Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Too_many_attempts_for_an_account_are_told_to_wait()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Accounts:AttemptsPerAccountPerMinute", "2");
        for (var i = 0; i < 2; i++)
            await host.Anonymous().PostAsync("auth/login", new { email = "b@example.com", password = "not the password" });
        Assert.Equal("RATE_LIMITED", (await host.Anonymous().PostAsync("auth/login", new { email = "B@example.com", password = "not the password" })).Code);
        Assert.Equal("AUTH_INVALID_CREDENTIALS", (await host.Anonymous().PostAsync("auth/login", new { email = "c@example.com", password = "not the password" })).Code);
    }

    [Fact]
    public async Task Every_refused_sign_in_is_in_the_audit_log_with_its_reason()
    {
        var made = await _admin.PostAsync("users", new { email = "bob@example.com", password = StudioHost.Password, role = "viewer" });
        await _admin.PatchAsync($"users/{made.Data.GetProperty("id").GetGuid()}", new { disabled = true });
        Assert.Equal("ACCOUNT_DISABLED", (await LogInAsync("bob@example.com", StudioHost.Password)).Code);
        for (var i = 0; i < 5; i++)
            await LogInAsync("ada@example.com", "not the password");
        Assert.Equal("ACCOUNT_LOCKED", (await LogInAsync("ada@example.com", StudioHost.Password)).Code);
        for (var i = 0; i < 15; i++)
            await LogInAsync($"my-secret-{i}", "not the password");

        var log = (await _admin.GetAsync("audit?limit=500")).Data.EnumerateArray().ToList();
        string?[] reasons = [.. log.Where(entry => entry.GetProperty("action").GetString() == "user.sign-in-refused").Select(entry => entry.GetProperty("detail").GetString())];
        Assert.Equal(["The account is disabled.", "The account is locked."], reasons.Where(reason => reason!.StartsWith("The account", StringComparison.Ordinal)).Order());
        Assert.Equal(4, reasons.Count(reason => reason == "Wrong password."));
        Assert.InRange(reasons.Count(reason => reason == "No such account."), 1, 20);
        Assert.Single(log, entry => entry.GetProperty("action").GetString() == "user.locked");
        Assert.DoesNotContain(log, entry => entry.GetRawText().Contains("my-secret", StringComparison.Ordinal));
        foreach (var action in new[] { "user.create", "user.change" })
            Assert.Contains(log, entry => entry.GetProperty("action").GetString() == action);
    }

    [Fact]
    public async Task The_audit_log_tells_of_sign_ins_and_holds_no_secret()
    {
        var session = (await LogInAsync("ada@example.com", StudioHost.Password)).Data;
        await LogInAsync("ada@example.com", "a-wrong-password-to-look-for");
        await RefreshAsync(session);
        await RefreshAsync(session);
        var log = (await _admin.GetAsync("audit?limit=500")).Body.ToString();
        Assert.Contains("\"actorName\":\"Ada\"", log, StringComparison.Ordinal);
        foreach (var action in new[] { "user.bootstrap", "user.sign-in", "user.sign-in-refused", "user.sign-in-reused" })
            Assert.Contains($"\"{action}\"", log, StringComparison.Ordinal);
        foreach (var secret in new[] { StudioHost.Password, "a-wrong-password-to-look-for", Text(session, "refreshToken"), Text(session, "accessToken") })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.True((await _admin.GetAsync("audit/verify")).Data.GetProperty("valid").GetBoolean());
    }

    private Task<Answer> LogInAsync(string email, string password) => _host.Anonymous().PostAsync("auth/login", new { email, password });

    private Task<Answer> RefreshAsync(System.Text.Json.JsonElement session) =>
        _host.Anonymous().PostAsync("auth/refresh", new { refreshToken = Text(session, "refreshToken") });

    private static string Text(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class Yesterday : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddDays(-1);
    }
}
