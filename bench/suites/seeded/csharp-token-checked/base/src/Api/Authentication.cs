using System;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Api;

public static class Authentication
{
    public static void AddNobody(this IServiceCollection services)
    {
        services.AddAuthentication();
    }
}
