# The signed-in person's own profile. Users have a name, an address, a role and a plan.
class ProfilesController < ApplicationController
  before_action :require_login

  def show
    render json: current_user.slice(:name, :address)
  end
end
